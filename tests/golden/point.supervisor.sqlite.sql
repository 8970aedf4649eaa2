SELECT uof_incidents_1.id AS v0, uof_incidents_1.number AS v1 
FROM uof_incidents AS uof_incidents_1 
WHERE uof_incidents_1.agency_id = ? AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_1 
WHERE uof_involvements_1.agency_id = uof_incidents_1.agency_id AND uof_involvements_1.incident_id = uof_incidents_1.id AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = uof_involvements_1.agency_id AND officers_1.id = uof_involvements_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id IN (SELECT value 
FROM json_each(?)))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_2 
WHERE uof_involvements_2.agency_id = uof_incidents_1.agency_id AND uof_involvements_2.incident_id = uof_incidents_1.id AND uof_involvements_2.officer_id IN (SELECT value 
FROM json_each(?)))) AND uof_incidents_1.id IN (SELECT value 
FROM json_each(?));

SELECT page.v0, page.v1, page.v2, page.v3 
FROM (SELECT uof_subjects_1.incident_id AS v0, uof_subjects_1.incident_id AS v1, CASE WHEN CASE WHEN uof_subjects_1.impairment_types IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each(uof_subjects_1.impairment_types) WHERE value IN ('A', 'D', 'M', 'UNDER_INFLUENCE', 'OTHER')) END THEN 1 WHEN CASE WHEN uof_subjects_1.impairment_types IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each(uof_subjects_1.impairment_types) WHERE value IN ('NONE')) END THEN 0 END AS v2, uof_subjects_1.injury_types AS v3, row_number() OVER (PARTITION BY uof_subjects_1.incident_id ORDER BY uof_subjects_1.id ASC) AS place 
FROM uof_subjects AS uof_subjects_1 
WHERE uof_subjects_1.agency_id = ? AND (EXISTS (SELECT * 
FROM uof_incidents AS uof_incidents_1 
WHERE uof_incidents_1.agency_id = uof_subjects_1.agency_id AND uof_incidents_1.id = uof_subjects_1.incident_id AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_1 
WHERE uof_involvements_1.agency_id = uof_incidents_1.agency_id AND uof_involvements_1.incident_id = uof_incidents_1.id AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = uof_involvements_1.agency_id AND officers_1.id = uof_involvements_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id IN (SELECT value 
FROM json_each(?)))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_2 
WHERE uof_involvements_2.agency_id = uof_incidents_1.agency_id AND uof_involvements_2.incident_id = uof_incidents_1.id AND uof_involvements_2.officer_id IN (SELECT value 
FROM json_each(?)))))) AND uof_subjects_1.incident_id IN (SELECT value 
FROM json_each(?))) AS page 
WHERE page.place <= ? ORDER BY page.v0, page.place;

