-- What members are told: replies to them, mentions, their answers that were accepted. Kept by the reader
-- 'notifications' of the log. One post tells a person one thing.
CREATE TABLE notifications (
  id BIGINT PRIMARY KEY,
  person_id BIGINT NOT NULL,         -- who is told
  kind TEXT NOT NULL,                -- 'reply' | 'mention' | 'accepted'
  post_id BIGINT NOT NULL,           -- the reply, the post with the mention, their own answer
  topic_id BIGINT NOT NULL,
  actor_id BIGINT,                   -- who did it
  at BIGINT NOT NULL,
  read_at BIGINT,
  UNIQUE (person_id, post_id)
);
CREATE INDEX notifications_list ON notifications (person_id, at, id);
CREATE INDEX notifications_post ON notifications (post_id);
-- How many are unread, and which of a topic: on every page of a member.
CREATE INDEX notifications_unread ON notifications (person_id, topic_id) WHERE read_at IS NULL;
