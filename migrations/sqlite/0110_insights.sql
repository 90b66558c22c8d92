-- Insights: what many conversations are about, and what came of it.

-- A theme: questions, requests and objections about one thing. Its id stays, whatever joins it.
CREATE TABLE themes (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  named_by TEXT NOT NULL,            -- 'program' | 'person'
  named_size BIGINT NOT NULL,        -- how many conversations it had when it was named
  settled BIGINT NOT NULL,           -- 1: a person said that it is one
  status TEXT NOT NULL,              -- 'open' | 'shared' | 'accepted' | 'declined' | 'shipped' | 'told'
  note TEXT NOT NULL DEFAULT '',     -- why it stands so
  status_at BIGINT,
  merged_into BIGINT REFERENCES themes(id),
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);

-- The beginnings of conversations that were looked at: what each asks for, and where it belongs.
CREATE TABLE theme_posts (
  topic_id BIGINT PRIMARY KEY,
  theme_id BIGINT REFERENCES themes(id),  -- null: it stands alone
  placed_by TEXT NOT NULL,           -- 'program' | 'person': who put it there, or took it out
  kind TEXT NOT NULL,                -- 'question' | 'request' | 'objection' | 'talk'
  kind_by TEXT NOT NULL,
  text_hash BIGINT NOT NULL,         -- of the title and text that were read
  near DOUBLE PRECISION NOT NULL,    -- to the centre of its theme, 0 to 1
  placed_at BIGINT NOT NULL
);
CREATE INDEX theme_posts_theme ON theme_posts (theme_id, topic_id);

-- Themes that a person parted: the program never joins them again.
CREATE TABLE themes_parted (
  one_id BIGINT NOT NULL REFERENCES themes(id),
  other_id BIGINT NOT NULL REFERENCES themes(id),
  PRIMARY KEY (one_id, other_id)
);

-- What was said of a theme and done to it.
CREATE TABLE theme_steps (
  id BIGINT PRIMARY KEY,
  theme_id BIGINT NOT NULL REFERENCES themes(id),
  act TEXT NOT NULL,
  actor_id BIGINT,                   -- null: Mainstreet itself
  why TEXT NOT NULL,
  other_id BIGINT,                   -- the theme that joined or left
  topics TEXT NOT NULL,              -- JSON: the conversations that moved
  at BIGINT NOT NULL,
  undone_at BIGINT
);
CREATE INDEX theme_steps_theme ON theme_steps (theme_id, id);

-- Who of those that asked was told how it ended.
CREATE TABLE theme_told (
  theme_id BIGINT NOT NULL REFERENCES themes(id),
  person_id BIGINT NOT NULL,
  told_by BIGINT NOT NULL,
  post_id BIGINT,                    -- the reply that said so; null: told elsewhere
  told_at BIGINT NOT NULL,
  PRIMARY KEY (theme_id, person_id)
);

-- 'revision' rises with every change; what was worked out upon an older one is thrown away.
CREATE TABLE theme_marks (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO theme_marks (name, value) VALUES ('revision', 0);

CREATE INDEX topics_begun ON topics (created_at, id);
