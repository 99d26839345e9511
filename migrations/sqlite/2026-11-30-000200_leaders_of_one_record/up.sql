-- Whoever leads an agency goes with the record that took theirs in, as posts and papers do.
WITH RECURSIVE standing (id, taken_in_by) AS (
  SELECT id, merged_into FROM people WHERE merged_into IS NOT NULL
  UNION
  SELECT standing.id, people.merged_into FROM standing JOIN people ON people.id = standing.taken_in_by
    WHERE people.merged_into IS NOT NULL
)
UPDATE agency_leaders SET person_id = (
  SELECT standing.taken_in_by FROM standing JOIN people ON people.id = standing.taken_in_by
    WHERE standing.id = agency_leaders.person_id AND people.merged_into IS NULL
) WHERE person_id IN (SELECT id FROM people WHERE merged_into IS NOT NULL);
