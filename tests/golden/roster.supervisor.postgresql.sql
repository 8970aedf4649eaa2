SELECT CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.last_name END AS v0, CAST(date_trunc($1::VARCHAR, officers_1.hire_date) AS DATE) AS v1, officers_1.id AS v2, officers_1.id AS v3, CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.first_name END AS v4, CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.last_name END AS v5, officers_1.badge_number AS v6, CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.work_email END AS v7, units_1.id IS NOT NULL AS v8, units_1.name AS v9 
FROM officers AS officers_1 LEFT OUTER JOIN units AS units_1 ON officers_1.agency_id = units_1.agency_id AND officers_1.unit_id = units_1.id AND units_1.agency_id = $2::UUID 
WHERE officers_1.agency_id = $2::UUID AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = $2::UUID AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($3::UUID[]))) AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = $2::UUID AND (EXISTS (SELECT * 
FROM officers AS officers_2 
WHERE officers_2.agency_id = trainings_1.agency_id AND officers_2.agency_id = $2::UUID AND officers_2.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.agency_id = $2::UUID AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id = any($3::UUID[]))))) AND trainings_1.completed_on >= $4::DATE)) ORDER BY CASE WHEN (NOT officers_1.is_undercover OR false) THEN officers_1.last_name END ASC NULLS LAST, CAST(date_trunc($1::VARCHAR, officers_1.hire_date) AS DATE) DESC NULLS FIRST, officers_1.id ASC 
 LIMIT $5::INTEGER;

SELECT count(*) AS count_1 
FROM officers AS officers_1 
WHERE officers_1.agency_id = $1::UUID AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = $1::UUID AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($2::UUID[]))) AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = $1::UUID AND (EXISTS (SELECT * 
FROM officers AS officers_2 
WHERE officers_2.agency_id = trainings_1.agency_id AND officers_2.agency_id = $1::UUID AND officers_2.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.agency_id = $1::UUID AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id = any($2::UUID[]))))) AND trainings_1.completed_on >= $3::DATE));

SELECT parents.position - 1 AS parent, page.completed_on AS v1, CAST(CASE WHEN (page.status = $1::VARCHAR COLLATE "C" OR page.status = $2::VARCHAR COLLATE "C" OR page.status = $3::VARCHAR COLLATE "C") THEN page.hours_hundredths ELSE $4::INTEGER END AS DOUBLE PRECISION) / CAST($5::FLOAT AS DOUBLE PRECISION) AS v2, page.score AS v3, CASE WHEN (trim(page.notes) != $6::VARCHAR) THEN $7::VARCHAR END AS v4, link0.id IS NOT NULL AS v5, link0.title AS v6, link0.category AS v7 
FROM unnest($8::UUID[]) WITH ORDINALITY AS parents(id, position) JOIN LATERAL (SELECT trainings_1.agency_id AS agency_id, trainings_1.course_id AS course_id, trainings_1.completed_on AS completed_on, trainings_1.hours_hundredths AS hours_hundredths, trainings_1.status AS status, trainings_1.score AS score, trainings_1.notes AS notes 
FROM trainings AS trainings_1 
WHERE trainings_1.agency_id = $9::UUID AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.agency_id = $9::UUID AND officers_1.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = $9::UUID AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($10::UUID[]))))) AND trainings_1.officer_id = parents.id ORDER BY trainings_1.completed_on ASC NULLS LAST, trainings_1.id ASC 
 LIMIT $11::INTEGER) AS page ON true LEFT OUTER JOIN LATERAL (SELECT courses_1.agency_id AS agency_id, courses_1.id AS id, courses_1.title AS title, courses_1.category AS category 
FROM courses AS courses_1 
WHERE page.agency_id = courses_1.agency_id AND page.course_id = courses_1.id AND courses_1.agency_id = $9::UUID
 LIMIT ALL OFFSET 0) AS link0 ON true ORDER BY parents.position;

SELECT parents.position - 1 AS parent, page.incident_id AS v1, page.force_types AS v2, link0.id IS NOT NULL AS v3, link0.id AS v4, link0.number AS v5, link0.summary AS v6 
FROM unnest($1::UUID[]) WITH ORDINALITY AS parents(id, position) JOIN LATERAL (SELECT uof_involvements_1.agency_id AS agency_id, uof_involvements_1.incident_id AS incident_id, uof_involvements_1.force_types AS force_types 
FROM uof_involvements AS uof_involvements_1 
WHERE uof_involvements_1.agency_id = $2::UUID AND (EXISTS (SELECT * 
FROM uof_incidents AS uof_incidents_1 
WHERE uof_incidents_1.agency_id = uof_involvements_1.agency_id AND uof_incidents_1.agency_id = $2::UUID AND uof_incidents_1.id = uof_involvements_1.incident_id AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_2 
WHERE uof_involvements_2.agency_id = uof_incidents_1.agency_id AND uof_involvements_2.agency_id = $2::UUID AND uof_involvements_2.incident_id = uof_incidents_1.id AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = uof_involvements_2.agency_id AND officers_1.agency_id = $2::UUID AND officers_1.id = uof_involvements_2.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = $2::UUID AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($3::UUID[]))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_3 
WHERE uof_involvements_3.agency_id = uof_incidents_1.agency_id AND uof_involvements_3.agency_id = $2::UUID AND uof_involvements_3.incident_id = uof_incidents_1.id AND uof_involvements_3.officer_id = any($4::UUID[]))))) AND uof_involvements_1.officer_id = parents.id ORDER BY uof_involvements_1.id ASC 
 LIMIT $5::INTEGER) AS page ON true LEFT OUTER JOIN LATERAL (SELECT uof_incidents_2.agency_id AS agency_id, uof_incidents_2.id AS id, uof_incidents_2.number AS number, uof_incidents_2.summary AS summary 
FROM uof_incidents AS uof_incidents_2 
WHERE page.agency_id = uof_incidents_2.agency_id AND page.incident_id = uof_incidents_2.id AND uof_incidents_2.agency_id = $2::UUID AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_4 
WHERE uof_involvements_4.agency_id = uof_incidents_2.agency_id AND uof_involvements_4.agency_id = $2::UUID AND uof_involvements_4.incident_id = uof_incidents_2.id AND (EXISTS (SELECT * 
FROM officers AS officers_2 
WHERE officers_2.agency_id = uof_involvements_4.agency_id AND officers_2.agency_id = $2::UUID AND officers_2.id = uof_involvements_4.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.agency_id = $2::UUID AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id = any($3::UUID[]))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_5 
WHERE uof_involvements_5.agency_id = uof_incidents_2.agency_id AND uof_involvements_5.agency_id = $2::UUID AND uof_involvements_5.incident_id = uof_incidents_2.id AND uof_involvements_5.officer_id = any($4::UUID[])))
 LIMIT ALL OFFSET 0) AS link0 ON true ORDER BY parents.position;

