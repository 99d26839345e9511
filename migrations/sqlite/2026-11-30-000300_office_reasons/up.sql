-- What the province objected to, while the agency is suspended: it stands again with the state.
ALTER TABLE offices ADD COLUMN reason_before TEXT;
