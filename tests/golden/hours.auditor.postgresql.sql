SELECT trainings_1.category AS v0, units_1.id AS v1, units_1.name AS v2, count(*) AS v3, CAST(sum(trainings_1.hours_hundredths) AS DOUBLE PRECISION) / CAST($1::INTEGER AS NUMERIC) AS v4 
FROM trainings AS trainings_1 LEFT OUTER JOIN officers AS officers_1 ON trainings_1.agency_id = officers_1.agency_id AND trainings_1.officer_id = officers_1.id AND officers_1.agency_id = $2::UUID LEFT OUTER JOIN units AS units_1 ON officers_1.agency_id = units_1.agency_id AND officers_1.unit_id = units_1.id AND units_1.agency_id = $2::UUID 
WHERE trainings_1.agency_id = $2::UUID AND (trainings_1.officer_id IS NULL OR officers_1.id IS NOT NULL) AND (officers_1.unit_id IS NULL OR units_1.id IS NOT NULL) GROUP BY trainings_1.category, units_1.id, units_1.name ORDER BY trainings_1.category ASC NULLS LAST, units_1.id ASC NULLS LAST, units_1.name ASC NULLS LAST 
 LIMIT $3::INTEGER;

