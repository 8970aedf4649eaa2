SELECT uof_incidents_1.id AS v0, uof_incidents_1.number AS v1 
FROM uof_incidents AS uof_incidents_1 
WHERE uof_incidents_1.agency_id = $1::UUID AND uof_incidents_1.id = any($2::UUID[]);

SELECT page.v0, page.v1, page.v2, page.v3 
FROM unnest($1::UUID[]) WITH ORDINALITY AS parents JOIN LATERAL (SELECT uof_subjects_1.incident_id AS v0, uof_subjects_1.incident_id AS v1, CASE WHEN (uof_subjects_1.impairment_types && ARRAY['A', 'D', 'M', 'UNDER_INFLUENCE', 'OTHER']::varchar[]) THEN true WHEN (uof_subjects_1.impairment_types && ARRAY['NONE']::varchar[]) THEN false END AS v2, uof_subjects_1.injury_types AS v3, row_number() OVER (ORDER BY uof_subjects_1.id ASC) AS place 
FROM uof_subjects AS uof_subjects_1 
WHERE uof_subjects_1.agency_id = $2::UUID AND uof_subjects_1.incident_id = parents.id ORDER BY uof_subjects_1.id ASC 
 LIMIT $3::INTEGER) AS page ON true ORDER BY parents.position, page.place;

