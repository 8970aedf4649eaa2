SELECT CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.last_name END AS v0, officers_1.hire_date AS v1, officers_1.id AS v2, officers_1.id AS v3, CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.first_name END AS v4, CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.last_name END AS v5, officers_1.badge_number AS v6, CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.work_email END AS v7, units_1.id IS NOT NULL AS v8, units_1.name AS v9 
FROM officers AS officers_1 LEFT OUTER JOIN units AS units_1 ON officers_1.agency_id = units_1.agency_id AND officers_1.unit_id = units_1.id AND units_1.agency_id = ? 
WHERE officers_1.agency_id = ? AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = ? AND trainings_1.completed_on >= ?)) ORDER BY CASE WHEN (officers_1.is_undercover = 0 OR 0 = 1) THEN officers_1.last_name END ASC NULLS LAST, officers_1.hire_date DESC NULLS FIRST, officers_1.id ASC
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

