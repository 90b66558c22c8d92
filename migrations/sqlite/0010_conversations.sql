-- Finding people by the names they are mentioned by, posts by their place in lists, and the mark of an accepted
-- answer while its post is away.

ALTER TABLE posts ADD COLUMN was_accepted_at BIGINT;
ALTER TABLE posts ADD COLUMN was_accepted_by BIGINT;
CREATE INDEX identities_handle ON identities (LOWER(handle));
CREATE INDEX topics_pinned ON topics (space_id, bumped_at) WHERE pinned = 1;
