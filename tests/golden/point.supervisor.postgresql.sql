SELECT uof_incidents_1.id AS v0, uof_incidents_1.number AS v1 
FROM uof_incidents AS uof_incidents_1 
WHERE uof_incidents_1.agency_id = $1::UUID AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_1 
WHERE uof_involvements_1.agency_id = uof_incidents_1.agency_id AND uof_involvements_1.incident_id = uof_incidents_1.id AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = uof_involvements_1.agency_id AND officers_1.id = uof_involvements_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($2::UUID[]))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_2 
WHERE uof_involvements_2.agency_id = uof_incidents_1.agency_id AND uof_involvements_2.incident_id = uof_incidents_1.id AND uof_involvements_2.officer_id = any($3::UUID[]))) AND uof_incidents_1.id = any($4::UUID[]);

SELECT page.v0, page.v1, page.v2, page.v3 
FROM unnest($1::UUID[]) WITH ORDINALITY AS parents JOIN LATERAL (SELECT uof_subjects_1.incident_id AS v0, uof_subjects_1.incident_id AS v1, CASE WHEN (uof_subjects_1.impairment_types && ARRAY['A', 'D', 'M', 'UNDER_INFLUENCE', 'OTHER']::varchar[]) THEN true WHEN (uof_subjects_1.impairment_types && ARRAY['NONE']::varchar[]) THEN false END AS v2, uof_subjects_1.injury_types AS v3, row_number() OVER (ORDER BY uof_subjects_1.id ASC) AS place 
FROM uof_subjects AS uof_subjects_1 
WHERE uof_subjects_1.agency_id = $2::UUID AND (EXISTS (SELECT * 
FROM uof_incidents AS uof_incidents_1 
WHERE uof_incidents_1.agency_id = uof_subjects_1.agency_id AND uof_incidents_1.id = uof_subjects_1.incident_id AND (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_1 
WHERE uof_involvements_1.agency_id = uof_incidents_1.agency_id AND uof_involvements_1.incident_id = uof_incidents_1.id AND (EXISTS (SELECT * 
FROM officers AS officers_1 
WHERE officers_1.agency_id = uof_involvements_1.agency_id AND officers_1.id = uof_involvements_1.officer_id AND (EXISTS (SELECT * 
FROM unit_closure AS unit_closure_1 
WHERE unit_closure_1.agency_id = officers_1.agency_id AND unit_closure_1.unit_id = officers_1.unit_id AND unit_closure_1.ancestor_id = any($3::UUID[]))))))) AND NOT (EXISTS (SELECT * 
FROM uof_involvements AS uof_involvements_2 
WHERE uof_involvements_2.agency_id = uof_incidents_1.agency_id AND uof_involvements_2.incident_id = uof_incidents_1.id AND uof_involvements_2.officer_id = any($4::UUID[]))))) AND uof_subjects_1.incident_id = parents.id ORDER BY uof_subjects_1.id ASC 
 LIMIT $5::INTEGER) AS page ON true ORDER BY parents.position, page.place;

