SELECT uof_incidents_1.id AS v0, uof_incidents_1.number AS v1 
FROM uof_incidents AS uof_incidents_1 
WHERE uof_incidents_1.agency_id = $1::UUID AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_1 
WHERE uof_involvements_1.agency_id = uof_incidents_1.agency_id AND uof_involvements_1.agency_id = $1::UUID AND uof_involvements_1.incident_id = uof_incidents_1.id AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = uof_involvements_1.agency_id AND officers_1.agency_id = $1::UUID AND officers_1.id = uof_involvements_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.agency_id = $1::UUID AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($2::UUID[]))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_2 
WHERE uof_involvements_2.agency_id = uof_incidents_1.agency_id AND uof_involvements_2.agency_id = $1::UUID AND uof_involvements_2.incident_id = uof_incidents_1.id AND uof_involvements_2.officer_id = any($3::UUID[]))) AND uof_incidents_1.id = any($4::UUID[]);

