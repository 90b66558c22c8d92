-- A cooler place: calm and raid modes, pauses of a member in a topic, members who do not meet, posts moved into a
-- conversation of their own, and how new accounts came.

-- For a while, in one place: replies keep a distance, and what new accounts write is looked at first.
CREATE TABLE calms (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,                -- calm, raid
  place TEXT NOT NULL,               -- topic, space, site
  place_id BIGINT NOT NULL,          -- 0: everywhere
  every BIGINT NOT NULL,             -- milliseconds between replies of one person; 0: no distance
  newer_than BIGINT NOT NULL,        -- accounts younger than so many milliseconds are looked at first; 0: none
  why TEXT NOT NULL,                 -- as readers see it
  clause TEXT NOT NULL,
  guideline_version BIGINT NOT NULL,
  started_by BIGINT,                 -- null: Mainstreet itself
  started_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  ended_at BIGINT,
  ended_by BIGINT,
  ended_why TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX calms_one ON calms (kind, place, place_id) WHERE ended_at IS NULL;
CREATE INDEX calms_latest ON calms (started_at, id);

-- A member writes nothing in one topic until then.
CREATE TABLE cool_offs (
  topic_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  why TEXT NOT NULL,
  by_staff BIGINT NOT NULL,          -- 0: the member asked for it
  at BIGINT NOT NULL,
  PRIMARY KEY (topic_id, person_id)
);
CREATE INDEX cool_offs_person ON cool_offs (person_id);

-- One member is not shown what the other writes. By staff there is a row each way, and neither may call the other.
CREATE TABLE mutes (
  person_id BIGINT NOT NULL,
  other_id BIGINT NOT NULL,
  by_staff BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (person_id, other_id, by_staff)
);
CREATE INDEX mutes_other ON mutes (other_id);

-- Posts that were moved from one topic into another.
CREATE TABLE topic_splits (
  id BIGINT PRIMARY KEY,
  from_id BIGINT NOT NULL,
  to_id BIGINT NOT NULL,
  new_topic BIGINT NOT NULL,         -- 1: the other topic was opened for it
  first_number BIGINT NOT NULL,      -- where the first of them stood
  moved BIGINT NOT NULL,
  before TEXT NOT NULL,              -- JSON: enough to move them back
  why TEXT NOT NULL,
  by_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  undone_at BIGINT
);
CREATE INDEX topic_splits_from ON topic_splits (from_id);
CREATE INDEX topic_splits_to ON topic_splits (to_id);

-- How an account came, and whether it may write yet.
CREATE TABLE sign_ups (
  person_id BIGINT PRIMARY KEY,
  state TEXT NOT NULL,               -- open, confirm: until the address is confirmed, approval: until a person says so, refused
  score DOUBLE PRECISION NOT NULL,
  reasons TEXT NOT NULL,             -- JSON: [{points, text}]
  network TEXT,                      -- keyed hash of the network it came from; forgotten after 14 days
  proof BIGINT NOT NULL,             -- bits of work shown; 0: none
  took BIGINT,                       -- milliseconds between the form and its sending
  at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by BIGINT
);
CREATE INDEX sign_ups_state ON sign_ups (state, at);
CREATE INDEX sign_ups_at ON sign_ups (at);
