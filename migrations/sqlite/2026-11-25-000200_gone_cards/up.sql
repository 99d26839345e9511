-- Where a card was when it was revoked, if it was lost or handed in: it is there still when the revocation is undone.
ALTER TABLE credentials ADD COLUMN gone TEXT CHECK (gone IN ('lost', 'returned'));
