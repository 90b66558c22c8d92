-- Figures of moderation count what newcomers wrote: by person and time, without reading a post.
CREATE INDEX posts_by ON posts (person_id, created_at, topic_id, person_class, state);
