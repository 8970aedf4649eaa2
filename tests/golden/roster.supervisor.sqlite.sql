SELECT CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.last_name END AS v0, substr(officers_1.hire_date, ?, ?) || ? AS v1, officers_1.id AS v2, officers_1.id AS v3, CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.first_name END AS v4, CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.last_name END AS v5, officers_1.badge_number AS v6, CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.work_email END AS v7, units_1.id IS NOT NULL AS v8, units_1.name AS v9 
FROM officers AS officers_1 LEFT OUTER JOIN units AS units_1 ON officers_1.agency_id = units_1.agency_id AND officers_1.unit_id = units_1.id AND units_1.agency_id = ? 
WHERE officers_1.agency_id = ? AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = ? AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id IN (SELECT value 
FROM json_each(?)))) AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = ? AND (EXISTS (SELECT * 
FROM officers AS officers_2 
WHERE officers_2.agency_id = trainings_1.agency_id AND officers_2.agency_id = ? AND officers_2.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.agency_id = ? AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id IN (SELECT value 
FROM json_each(?)))))) AND trainings_1.completed_on >= ?)) ORDER BY CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.last_name END ASC NULLS LAST, substr(officers_1.hire_date, ?, ?) || ? DESC NULLS FIRST, officers_1.id ASC
 LIMIT ? OFFSET ?;

SELECT count(*) AS count_1 
FROM officers AS officers_1 
WHERE officers_1.agency_id = ? AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = ? AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id IN (SELECT value 
FROM json_each(?)))) AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = ? AND (EXISTS (SELECT * 
FROM officers AS officers_2 
WHERE officers_2.agency_id = trainings_1.agency_id AND officers_2.agency_id = ? AND officers_2.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.agency_id = ? AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id IN (SELECT value 
FROM json_each(?)))))) AND trainings_1.completed_on >= ?));

SELECT parents."key" AS parent, page.completed_on AS v1, CAST(CASE WHEN (page.status = ? OR page.status = ? OR page.status = ?) THEN page.hours_hundredths ELSE ? END AS DOUBLE) / (? + 0.0) AS v2, page.score AS v3, CASE WHEN (trim(page.notes) != ?) THEN ? END AS v4, courses_1.id IS NOT NULL AS v5, courses_1.title AS v6, courses_1.category AS v7 
FROM json_each(?) AS parents JOIN trainings AS page ON page.rowid IN (SELECT trainings_1.rowid 
FROM trainings AS trainings_1 
WHERE trainings_1.agency_id = ? AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.agency_id = ? AND officers_1.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = ? AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id IN (SELECT value 
FROM json_each(?)))))) AND unlikely(trainings_1.officer_id = parents.value) ORDER BY trainings_1.completed_on ASC NULLS LAST, trainings_1.id ASC
 LIMIT ? OFFSET ?) LEFT OUTER JOIN courses AS courses_1 ON page.agency_id = courses_1.agency_id AND page.course_id = courses_1.id AND courses_1.agency_id = ? ORDER BY parents."key", page.completed_on ASC NULLS LAST, page.id ASC;

SELECT parents."key" AS parent, page.incident_id AS v1, page.force_types AS v2, uof_incidents_1.id IS NOT NULL AS v3, uof_incidents_1.id AS v4, uof_incidents_1.number AS v5, uof_incidents_1.summary AS v6 
FROM json_each(?) AS parents JOIN uof_involvements AS page ON page.rowid IN (SELECT uof_involvements_1.rowid 
FROM uof_involvements AS uof_involvements_1 
WHERE uof_involvements_1.agency_id = ? AND (EXISTS (SELECT * 
FROM uof_incidents AS uof_incidents_2 
WHERE uof_incidents_2.agency_id = uof_involvements_1.agency_id AND uof_incidents_2.agency_id = ? AND uof_incidents_2.id = uof_involvements_1.incident_id AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_2 
WHERE uof_involvements_2.agency_id = uof_incidents_2.agency_id AND uof_involvements_2.agency_id = ? AND uof_involvements_2.incident_id = uof_incidents_2.id AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = uof_involvements_2.agency_id AND officers_1.agency_id = ? AND officers_1.id = uof_involvements_2.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = ? AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id IN (SELECT value 
FROM json_each(?)))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_3 
WHERE uof_involvements_3.agency_id = uof_incidents_2.agency_id AND uof_involvements_3.agency_id = ? AND uof_involvements_3.incident_id = uof_incidents_2.id AND uof_involvements_3.officer_id IN (SELECT value 
FROM json_each(?)))))) AND unlikely(uof_involvements_1.officer_id = parents.value) ORDER BY uof_involvements_1.id ASC
 LIMIT ? OFFSET ?) LEFT OUTER JOIN uof_incidents AS uof_incidents_1 ON page.agency_id = uof_incidents_1.agency_id AND page.incident_id = uof_incidents_1.id AND uof_incidents_1.agency_id = ? AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_4 
WHERE uof_involvements_4.agency_id = uof_incidents_1.agency_id AND uof_involvements_4.agency_id = ? AND uof_involvements_4.incident_id = uof_incidents_1.id AND (EXISTS (SELECT * 
FROM officers AS officers_2 
WHERE officers_2.agency_id = uof_involvements_4.agency_id AND officers_2.agency_id = ? AND officers_2.id = uof_involvements_4.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.agency_id = ? AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id IN (SELECT value 
FROM json_each(?)))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_5 
WHERE uof_involvements_5.agency_id = uof_incidents_1.agency_id AND uof_involvements_5.agency_id = ? AND uof_involvements_5.incident_id = uof_incidents_1.id AND uof_involvements_5.officer_id IN (SELECT value 
FROM json_each(?)))) ORDER BY parents."key", page.id ASC;

