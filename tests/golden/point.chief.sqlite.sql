SELECT uof_incidents_1.id AS v0, uof_incidents_1.number AS v1 
FROM uof_incidents AS uof_incidents_1 
WHERE uof_incidents_1.agency_id = ? AND uof_incidents_1.id IN (SELECT value 
FROM json_each(?));

