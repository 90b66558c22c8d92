-- How many people each segment holds, as they were counted last.

CREATE TABLE segment_counts (
  segment_id BIGINT PRIMARY KEY REFERENCES segments(id) ON DELETE CASCADE,
  version BIGINT NOT NULL,           -- the version that was counted
  people BIGINT NOT NULL,
  unknown BIGINT NOT NULL,
  of_people BIGINT NOT NULL,
  at BIGINT NOT NULL
);
