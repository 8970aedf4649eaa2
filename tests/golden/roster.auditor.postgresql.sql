SELECT CASE WHEN (NOT officers_1.is_undercover OR false) THEN substr(nullif(ltrim(officers_1.last_name), $1::VARCHAR), $2::INTEGER, $3::INTEGER) || $4::VARCHAR END AS v0, CAST(date_trunc($5::VARCHAR, officers_1.hire_date) AS DATE) AS v1, officers_1.id AS v2, officers_1.id AS v3, CASE WHEN (NOT officers_1.is_undercover OR false) THEN substr(nullif(ltrim(officers_1.first_name), $6::VARCHAR), $7::INTEGER, $8::INTEGER) || $9::VARCHAR END AS v4, CASE WHEN (NOT officers_1.is_undercover OR false) THEN substr(nullif(ltrim(officers_1.last_name), $10::VARCHAR), $11::INTEGER, $12::INTEGER) || $13::VARCHAR END AS v5, CASE WHEN (length(officers_1.badge_number) > $14::INTEGER) THEN $15::VARCHAR || right(officers_1.badge_number, $16::INTEGER) WHEN (officers_1.badge_number IS NOT NULL) THEN $17::VARCHAR END AS v6, units_1.id IS NOT NULL AS v7, units_1.name AS v8 
FROM officers AS officers_1 LEFT OUTER JOIN units AS units_1 ON officers_1.agency_id = units_1.agency_id AND officers_1.unit_id = units_1.id AND units_1.agency_id = $18::UUID 
WHERE officers_1.agency_id = $18::UUID AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = $18::UUID AND trainings_1.completed_on >= $19::DATE)) ORDER BY CASE WHEN (NOT officers_1.is_undercover OR false) THEN substr(nullif(ltrim(officers_1.last_name), $1::VARCHAR), $2::INTEGER, $3::INTEGER) || $4::VARCHAR END ASC NULLS LAST, CAST(date_trunc($5::VARCHAR, officers_1.hire_date) AS DATE) DESC NULLS FIRST, officers_1.id ASC 
 LIMIT $20::INTEGER;

SELECT count(*) AS count_1 
FROM officers AS officers_1 
WHERE officers_1.agency_id = $1::UUID AND (EXISTS (SELECT * 
FROM trainings AS trainings_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.id = trainings_1.officer_id AND trainings_1.agency_id = $1::UUID AND trainings_1.completed_on >= $2::DATE));

SELECT parents.position - 1 AS parent, page.completed_on AS v1, CAST(CASE WHEN (page.status = $1::VARCHAR COLLATE "C" OR page.status = $2::VARCHAR COLLATE "C" OR page.status = $3::VARCHAR COLLATE "C") THEN page.hours_hundredths ELSE $4::INTEGER END AS DOUBLE PRECISION) / CAST($5::FLOAT AS DOUBLE PRECISION) AS v2, link0.id IS NOT NULL AS v3, link0.title AS v4, link0.category AS v5 
FROM unnest($6::UUID[]) WITH ORDINALITY AS parents(id, position) JOIN LATERAL (SELECT trainings_1.agency_id AS agency_id, trainings_1.course_id AS course_id, trainings_1.completed_on AS completed_on, trainings_1.hours_hundredths AS hours_hundredths, trainings_1.status AS status 
FROM trainings AS trainings_1 
WHERE trainings_1.agency_id = $7::UUID AND trainings_1.officer_id = parents.id ORDER BY trainings_1.completed_on ASC NULLS LAST, trainings_1.id ASC 
 LIMIT $8::INTEGER) AS page ON true LEFT OUTER JOIN LATERAL (SELECT courses_1.agency_id AS agency_id, courses_1.id AS id, courses_1.title AS title, courses_1.category AS category 
FROM courses AS courses_1 
WHERE page.agency_id = courses_1.agency_id AND page.course_id = courses_1.id AND courses_1.agency_id = $7::UUID
 LIMIT ALL OFFSET 0) AS link0 ON true ORDER BY parents.position;

