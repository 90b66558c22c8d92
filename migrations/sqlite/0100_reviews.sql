-- Posts judged blind: a random sample of every week, and second looks at what was decided. And what figures of
-- moderation count by.

-- One draw a week: with the seed, the same posts give the same sample.
CREATE TABLE review_samples (
  week BIGINT PRIMARY KEY,           -- its Monday in the community's zone, days since 1970-01-01
  seed BIGINT NOT NULL,
  published BIGINT NOT NULL,         -- how many posts it was drawn from
  wanted BIGINT NOT NULL,
  drawn_at BIGINT NOT NULL
);

CREATE TABLE reviews (
  id BIGINT PRIMARY KEY,
  origin TEXT NOT NULL,              -- 'sample' | 'second'
  week BIGINT,                       -- of a sample
  post_id BIGINT NOT NULL,
  post_version BIGINT NOT NULL,      -- the text that is judged
  author_id BIGINT NOT NULL,
  space_id BIGINT NOT NULL,
  first_by BIGINT,                   -- of a second look: who decided before, when and what
  first_at BIGINT,
  first_verdict TEXT,
  first_clause TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  verdict TEXT,                      -- 'fine' | 'breaks' | 'unclear'; null: nobody has looked
  clause TEXT NOT NULL DEFAULT '',
  guideline_version BIGINT NOT NULL DEFAULT 0,
  reviewer_id BIGINT,
  reviewed_at BIGINT,
  signal_id BIGINT                   -- the item that came of it
);
CREATE UNIQUE INDEX reviews_sampled ON reviews (week, post_id) WHERE origin = 'sample';
CREATE UNIQUE INDEX reviews_second ON reviews (post_id, first_at) WHERE origin = 'second';
CREATE INDEX reviews_open ON reviews (created_at) WHERE verdict IS NULL;
CREATE INDEX reviews_reviewer ON reviews (reviewer_id, reviewed_at);

-- The seed of second looks, and how far decisions have been looked through for them.
CREATE TABLE review_marks (name TEXT PRIMARY KEY, value BIGINT NOT NULL);

-- What a moderator set for themselves.
CREATE TABLE moderator_settings (
  person_id BIGINT PRIMARY KEY,
  covers BIGINT NOT NULL,            -- 1: texts to judge stay covered until opened
  hours TEXT NOT NULL                -- JSON of their own hours; empty: the community's opening hours
);

CREATE INDEX flags_decided ON flags (decided_at);
CREATE INDEX posts_written ON posts (created_at, topic_id, person_id, person_class, state);
CREATE INDEX activities_moderated ON activities (occurred_at) WHERE verb IN ('post.hidden', 'post.deleted',
  'post.restored', 'member.suspended');
