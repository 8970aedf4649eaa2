SELECT CASE WHEN (NOT officers_1.is_undercover OR false) THEN substr(nullif(ltrim(officers_1.last_name), $1::VARCHAR), $2::INTEGER, $3::INTEGER) || $4::VARCHAR END AS v0, CAST(date_trunc($5::VARCHAR, officers_1.hire_date) AS DATE) AS v1, officers_1.id AS v2, officers_1.id AS v3, CASE WHEN (NOT officers_1.is_undercover OR false) THEN substr(nullif(ltrim(officers_1.first_name), $6::VARCHAR), $7::INTEGER, $8::INTEGER) || $9::VARCHAR END AS v4, CASE WHEN (NOT officers_1.is_undercover OR false) THEN substr(nullif(ltrim(officers_1.last_name), $10::VARCHAR), $11::INTEGER, $12::INTEGER) || $13::VARCHAR END AS v5, CASE WHEN (length(officers_1.badge_number) > $14::INTEGER) THEN $15::VARCHAR || right(officers_1.badge_number, $16::INTEGER) WHEN (officers_1.badge_number IS NOT NULL) THEN $17::VARCHAR END AS v6, units_1.id AS v7, units_1.name AS v8 
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

SELECT page.v0, page.v1, page.v2, page.v3, page.v4, page.v5, page.v6 
FROM unnest($1::UUID[]) WITH ORDINALITY AS parents(id, position) JOIN LATERAL (SELECT trainings_1.officer_id AS v0, trainings_1.officer_id AS v1, trainings_1.completed_on AS v2, CAST(CASE WHEN (trainings_1.status = $2::VARCHAR COLLATE "C" OR trainings_1.status = $3::VARCHAR COLLATE "C" OR trainings_1.status = $4::VARCHAR COLLATE "C") THEN trainings_1.hours_hundredths ELSE $5::INTEGER END AS DOUBLE PRECISION) / CAST($6::INTEGER AS NUMERIC) AS v3, courses_1.id AS v4, courses_1.title AS v5, courses_1.category AS v6, row_number() OVER (ORDER BY trainings_1.completed_on ASC NULLS LAST, trainings_1.id ASC) AS place 
FROM trainings AS trainings_1 LEFT OUTER JOIN courses AS courses_1 ON trainings_1.agency_id = courses_1.agency_id AND trainings_1.course_id = courses_1.id AND courses_1.agency_id = $7::UUID 
WHERE trainings_1.agency_id = $7::UUID AND trainings_1.officer_id = parents.id ORDER BY trainings_1.completed_on ASC NULLS LAST, trainings_1.id ASC 
 LIMIT $8::INTEGER) AS page ON true ORDER BY parents.position, page.place;

