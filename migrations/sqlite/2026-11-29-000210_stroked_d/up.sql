-- Ð (U+00D0) and Ɖ (U+0189) are read as Đ from now on: what was made of names with them is made anew.
-- The PostgreSQL twin has patterns of its own.

-- The start enters everybody in an index that is empty.
DELETE FROM people_words WHERE EXISTS (SELECT 1 FROM people WHERE full_name GLOB '*[ÐðƉɖ]*' OR pen_name GLOB '*[ÐðƉɖ]*');

-- đ is written as d and a mark in a key.
UPDATE people SET name_key = replace(replace(name_key, 'ð', 'd{'), 'ɖ', 'd{') WHERE full_name GLOB '*[ÐðƉɖ]*';
UPDATE state_cards SET name_key = replace(replace(name_key, 'ð', 'd{'), 'ɖ', 'd{') WHERE name GLOB '*[ÐðƉɖ]*';
UPDATE agencies SET search = replace(replace(search, 'ð', 'd'), 'ɖ', 'd') WHERE search GLOB '*[ÐðƉɖ]*';

-- Records without a key are given one, and are compared with all others, soon after the start.
UPDATE people SET name_key = '' WHERE erased_at IS NULL AND merged_into IS NULL AND full_name GLOB '*[ÐðƉɖ]*';
