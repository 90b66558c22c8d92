-- Topics that open again by themselves.
CREATE TABLE topic_locks (
  topic_id BIGINT PRIMARY KEY,
  until_at BIGINT NOT NULL
);
