SELECT trainings_1.category AS v0, units_1.id AS v1, units_1.name AS v2, count(*) AS v3, CAST(sum(trainings_1.hours_hundredths) AS DOUBLE) / (? + 0.0) AS v4, count(CASE WHEN (trainings_1.agency_id = ? AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = trainings_1.agency_id AND officers_1.agency_id = ? AND officers_1.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = ? AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id IN (SELECT value 
FROM json_each(?)))))) AND (trainings_1.officer_id IS NULL OR trainings_1.agency_id = officers_2.agency_id AND trainings_1.officer_id = officers_2.id AND officers_2.agency_id = ? AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_2 
WHERE unit_closure_2.agency_id = officers_2.agency_id AND unit_closure_2.agency_id = ? AND unit_closure_2.unit_id = officers_2.unit_id AND unit_closure_2.ancestor_id IN (SELECT value 
FROM json_each(?))))) AND (officers_2.unit_id IS NULL OR officers_2.agency_id = units_1.agency_id AND officers_2.unit_id = units_1.id AND units_1.agency_id = ?)) THEN NULL ELSE trainings_1.hours_hundredths END) AS v5 
FROM trainings AS trainings_1 LEFT OUTER JOIN officers AS officers_2 ON trainings_1.agency_id = officers_2.agency_id AND trainings_1.officer_id = officers_2.id AND officers_2.agency_id = ? AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_3 
WHERE unit_closure_3.agency_id = officers_2.agency_id AND unit_closure_3.agency_id = ? AND unit_closure_3.unit_id = officers_2.unit_id AND unit_closure_3.ancestor_id IN (SELECT value 
FROM json_each(?)))) LEFT OUTER JOIN units AS units_1 ON officers_2.agency_id = units_1.agency_id AND officers_2.unit_id = units_1.id AND units_1.agency_id = ? 
WHERE trainings_1.agency_id = ? AND (EXISTS (SELECT * 
FROM officers AS officers_3 
WHERE officers_3.agency_id = trainings_1.agency_id AND officers_3.agency_id = ? AND officers_3.id = trainings_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_4 
WHERE unit_closure_4.agency_id = officers_3.agency_id AND unit_closure_4.agency_id = ? AND unit_closure_4.unit_id = officers_3.unit_id AND unit_closure_4.ancestor_id IN (SELECT value 
FROM json_each(?)))))) AND (trainings_1.officer_id IS NULL OR officers_2.id IS NOT NULL) AND (officers_2.unit_id IS NULL OR units_1.id IS NOT NULL) GROUP BY trainings_1.category, units_1.id, units_1.name ORDER BY trainings_1.category ASC NULLS LAST, units_1.id ASC NULLS LAST, units_1.name ASC NULLS LAST
 LIMIT ? OFFSET ?;

