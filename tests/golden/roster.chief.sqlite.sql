SELECT officers_1.last_name AS v0, officers_1.hire_date AS v1, officers_1.id AS v2, officers_1.id AS v3, officers_1.first_name AS v4, officers_1.last_name AS v5, officers_1.badge_number AS v6, officers_1.employee_id AS v7, officers_1.work_email AS v8, officers_1.race_ethnicity AS v9, officers_1.is_undercover AS v10, units_1.id IS NOT NULL AS v11, units_1.name AS v12 
FROM officers AS officers_1 LEFT OUTER JOIN units AS units_1 ON officers_1.agency_id = units_1.agency_id AND officers_1.unit_id = units_1.id AND units_1.agency_id = ? 
WHERE officers_1.agency_id = ? AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = ? AND trainings_1.completed_on >= ?)) ORDER BY officers_1.last_name ASC NULLS LAST, officers_1.hire_date DESC NULLS FIRST, officers_1.id ASC
 LIMIT ? OFFSET ?;

SELECT count(*) AS count_1 
FROM officers AS officers_1 
WHERE officers_1.agency_id = ? AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = ? AND trainings_1.completed_on >= ?));

SELECT parents."key" AS parent, page.completed_on AS v1, CAST(CASE WHEN (page.status = ? OR page.status = ? OR page.status = ?) THEN page.hours_hundredths ELSE ? END AS DOUBLE) / (? + 0.0) AS v2, page.score AS v3, page.notes AS v4, courses_1.id IS NOT NULL AS v5, courses_1.title AS v6, courses_1.category AS v7 
FROM json_each(?) AS parents JOIN trainings AS page ON page.rowid IN (SELECT trainings_1.rowid 
FROM trainings AS trainings_1 
WHERE trainings_1.agency_id = ? AND unlikely(trainings_1.officer_id = parents.value) ORDER BY trainings_1.completed_on ASC NULLS LAST, trainings_1.id ASC
 LIMIT ? OFFSET ?) LEFT OUTER JOIN courses AS courses_1 ON page.agency_id = courses_1.agency_id AND page.course_id = courses_1.id AND courses_1.agency_id = ? ORDER BY parents."key", page.completed_on ASC NULLS LAST, page.id ASC;

SELECT parents."key" AS parent, page.incident_id AS v1, page.force_types AS v2, uof_incidents_1.id IS NOT NULL AS v3, uof_incidents_1.id AS v4, uof_incidents_1.number AS v5, uof_incidents_1.summary AS v6 
FROM json_each(?) AS parents JOIN uof_involvements AS page ON page.rowid IN (SELECT uof_involvements_1.rowid 
FROM uof_involvements AS uof_involvements_1 
WHERE uof_involvements_1.agency_id = ? AND unlikely(uof_involvements_1.officer_id = parents.value) ORDER BY uof_involvements_1.id ASC
 LIMIT ? OFFSET ?) LEFT OUTER JOIN uof_incidents AS uof_incidents_1 ON page.agency_id = uof_incidents_1.agency_id AND page.incident_id = uof_incidents_1.id AND uof_incidents_1.agency_id = ? ORDER BY parents."key", page.id ASC;

