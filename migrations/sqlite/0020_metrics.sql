-- Roll-ups of the log: kept up by the reader 'metrics', never written by anything else, rebuilt from the log at
-- any time. Space 0 is the whole community. Days are those of the community's zone, counted from 1970-01-01.

-- In which zone the days below were cut.
CREATE TABLE metric_zone (one BIGINT PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL);

-- What was contributed on a day, by class of actor.
CREATE TABLE metric_contributions (
  space_id BIGINT NOT NULL, day BIGINT NOT NULL, class TEXT NOT NULL,
  topics BIGINT NOT NULL, replies BIGINT NOT NULL, reactions BIGINT NOT NULL, acceptances BIGINT NOT NULL,
  PRIMARY KEY (space_id, day, class)
) WITHOUT ROWID;

-- The same for each person: what must be taken back when a person leaves the figures or becomes another.
CREATE TABLE metric_person_days (
  space_id BIGINT NOT NULL, person_id BIGINT NOT NULL, class TEXT NOT NULL, day BIGINT NOT NULL,
  topics BIGINT NOT NULL, replies BIGINT NOT NULL, reactions BIGINT NOT NULL, acceptances BIGINT NOT NULL,
  PRIMARY KEY (space_id, person_id, class, day)
) WITHOUT ROWID;
CREATE INDEX metric_person_days_day ON metric_person_days (space_id, class, day, person_id);
CREATE INDEX metric_person_days_person ON metric_person_days (person_id);

-- When a person first contributed.
CREATE TABLE metric_first_days (
  space_id BIGINT NOT NULL, person_id BIGINT NOT NULL, day BIGINT NOT NULL,
  PRIMARY KEY (space_id, person_id)
) WITHOUT ROWID;
CREATE INDEX metric_first_days_day ON metric_first_days (space_id, day, person_id);

-- How many people contributed in the days that end with this one. Measure: 'day', 'week' (7 days), 'month' (28
-- days), 'repeat' (on two days or more of the 28).
CREATE TABLE metric_active (
  space_id BIGINT NOT NULL, measure TEXT NOT NULL, day BIGINT NOT NULL, people BIGINT NOT NULL,
  PRIMARY KEY (space_id, measure, day)
) WITHOUT ROWID;

-- How many of those who first contributed in the ISO week beginning on `cohort` contributed in their own week
-- number `week`. Week 0 is the size of the cohort.
CREATE TABLE metric_cohorts (
  space_id BIGINT NOT NULL, cohort BIGINT NOT NULL, week BIGINT NOT NULL, people BIGINT NOT NULL,
  PRIMARY KEY (space_id, cohort, week)
) WITHOUT ROWID;

-- One clock a topic. Population: 0 not counted, 1 topic, 2 question.
CREATE TABLE metric_clocks (
  topic_id BIGINT PRIMARY KEY,
  space_id BIGINT NOT NULL,
  population BIGINT NOT NULL,
  asked_at BIGINT,                 -- unknown until the log tells of the topic itself
  asker_id BIGINT,
  marked BIGINT NOT NULL,
  response_at BIGINT,
  response_class TEXT,
  response_post BIGINT,
  accepted_at BIGINT,
  closed_at BIGINT,                -- takes no more replies
  gone_at BIGINT,                  -- hidden or deleted
  replies BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX metric_clocks_window ON metric_clocks
  (population, asked_at, response_at, response_class, accepted_at, closed_at, gone_at, replies);
CREATE INDEX metric_clocks_space ON metric_clocks
  (space_id, population, asked_at, response_at, response_class, accepted_at, closed_at, gone_at, replies);
CREATE INDEX metric_clocks_open ON metric_clocks (population, response_at, asked_at, closed_at, gone_at, space_id);
