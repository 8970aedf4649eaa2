SELECT CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.last_name END AS v0, CAST(date_trunc($1::VARCHAR, officers_1.hire_date) AS DATE) AS v1, officers_1.id AS v2, officers_1.id AS v3, CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.first_name END AS v4, CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.last_name END AS v5, officers_1.badge_number AS v6, CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.work_email END AS v7, units_1.id AS v8, units_1.name AS v9 
FROM officers AS officers_1 LEFT OUTER JOIN units AS units_1 ON officers_1.agency_id = units_1.agency_id AND officers_1.unit_id = units_1.id AND units_1.agency_id = $2::UUID 
WHERE officers_1.agency_id = $2::UUID AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($3::UUID[]))) AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = $2::UUID AND (EXISTS (SELECT * 
FROM officers AS officers_2 
WHERE officers_2.agency_id = trainings_1.agency_id AND officers_2.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id = any($3::UUID[]))))) AND trainings_1.completed_on >= $4::DATE)) ORDER BY CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.last_name END ASC NULLS LAST, CAST(date_trunc($1::VARCHAR, officers_1.hire_date) AS DATE) DESC NULLS FIRST, officers_1.id ASC 
 LIMIT $5::INTEGER;

SELECT count(*) AS count_1 
FROM officers AS officers_1 
WHERE officers_1.agency_id = $1::UUID AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($2::UUID[]))) AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = $1::UUID AND (EXISTS (SELECT * 
FROM officers AS officers_2 
WHERE officers_2.agency_id = trainings_1.agency_id AND officers_2.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id = any($2::UUID[]))))) AND trainings_1.completed_on >= $3::DATE));

SELECT page.v0, page.v1, page.v2, page.v3, page.v4, page.v5, page.v6, page.v7, page.v8 
FROM unnest($1::UUID[]) WITH ORDINALITY AS parents(id, position) JOIN LATERAL (SELECT trainings_1.officer_id AS v0, trainings_1.officer_id AS v1, trainings_1.completed_on AS v2, CAST(CASE WHEN (trainings_1.status = $2::VARCHAR COLLATE "C" OR trainings_1.status = $3::VARCHAR COLLATE "C" OR trainings_1.status = $4::VARCHAR COLLATE "C") THEN trainings_1.hours_hundredths ELSE $5::INTEGER END AS DOUBLE PRECISION) / CAST($6::INTEGER AS NUMERIC) AS v3, trainings_1.score AS v4, CASE WHEN (trim(trainings_1.notes) != $7::VARCHAR) THEN $8::VARCHAR END AS v5, courses_1.id AS v6, courses_1.title AS v7, courses_1.category AS v8, row_number() OVER (ORDER BY trainings_1.completed_on ASC NULLS LAST, trainings_1.id ASC) AS place 
FROM trainings AS trainings_1 LEFT OUTER JOIN courses AS courses_1 ON trainings_1.agency_id = courses_1.agency_id AND trainings_1.course_id = courses_1.id AND courses_1.agency_id = $9::UUID 
WHERE trainings_1.agency_id = $9::UUID AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($10::UUID[]))))) AND trainings_1.officer_id = parents.id ORDER BY trainings_1.completed_on ASC NULLS LAST, trainings_1.id ASC 
 LIMIT $11::INTEGER) AS page ON true ORDER BY parents.position, page.place;

SELECT page.v0, page.v1, page.v2, page.v3, page.v4, page.v5 
FROM unnest($1::UUID[]) WITH ORDINALITY AS parents(id, position) JOIN LATERAL (SELECT uof_involvements_1.officer_id AS v0, uof_involvements_1.incident_id AS v1, uof_involvements_1.force_types AS v2, uof_incidents_1.id AS v3, uof_incidents_1.number AS v4, uof_incidents_1.summary AS v5, row_number() OVER (ORDER BY uof_involvements_1.id ASC) AS place 
FROM uof_involvements AS uof_involvements_1 LEFT OUTER JOIN uof_incidents AS uof_incidents_1 ON uof_involvements_1.agency_id = uof_incidents_1.agency_id AND uof_involvements_1.incident_id = uof_incidents_1.id AND uof_incidents_1.agency_id = $2::UUID AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_2 
WHERE uof_involvements_2.agency_id = uof_incidents_1.agency_id AND uof_involvements_2.incident_id = uof_incidents_1.id AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = uof_involvements_2.agency_id AND officers_1.id = uof_involvements_2.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($3::UUID[]))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_3 
WHERE uof_involvements_3.agency_id = uof_incidents_1.agency_id AND uof_involvements_3.incident_id = uof_incidents_1.id AND uof_involvements_3.officer_id = any($4::UUID[]))) 
WHERE uof_involvements_1.agency_id = $2::UUID AND (EXISTS (SELECT * 
FROM uof_incidents AS uof_incidents_2 
WHERE uof_incidents_2.agency_id = uof_involvements_1.agency_id AND uof_incidents_2.id = uof_involvements_1.incident_id AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_4 
WHERE uof_involvements_4.agency_id = uof_incidents_2.agency_id AND uof_involvements_4.incident_id = uof_incidents_2.id AND (EXISTS (SELECT * 
FROM officers AS officers_2 
WHERE officers_2.agency_id = uof_involvements_4.agency_id AND officers_2.id = uof_involvements_4.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id = any($3::UUID[]))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_5 
WHERE uof_involvements_5.agency_id = uof_incidents_2.agency_id AND uof_involvements_5.incident_id = uof_incidents_2.id AND uof_involvements_5.officer_id = any($4::UUID[]))))) AND uof_involvements_1.officer_id = parents.id ORDER BY uof_involvements_1.id ASC 
 LIMIT $5::INTEGER) AS page ON true ORDER BY parents.position, page.place;

