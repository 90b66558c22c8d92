-- The backbone: people, spaces, conversations, the log, accounts, background work.
-- Times are milliseconds UTC, ids are minted by the application, truth values are 0 and 1.

CREATE TABLE nodes (node BIGINT PRIMARY KEY, lease_until BIGINT NOT NULL);

CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL, changed_at BIGINT NOT NULL);

-- Where conversations happen: our own place (kind 'own'), an archive or live channel of another.
CREATE TABLE accounts (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);

CREATE TABLE people (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  class TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT '',
  joined_at BIGINT NOT NULL,
  merged_into BIGINT REFERENCES people(id),
  spammer BIGINT NOT NULL DEFAULT 0,
  post_count BIGINT NOT NULL DEFAULT 0,
  accepted_count BIGINT NOT NULL DEFAULT 0,
  last_post_at BIGINT
);

CREATE TABLE identities (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  external_id TEXT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES people(id),
  handle TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (account_id, external_id)
);
CREATE INDEX identities_person ON identities (person_id);

-- A person who can sign in here.
CREATE TABLE members (
  person_id BIGINT PRIMARY KEY REFERENCES people(id),
  username TEXT NOT NULL,
  username_folded TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL UNIQUE,
  email_confirmed_at BIGINT,
  password_hash TEXT,
  role TEXT NOT NULL,
  suspended_until BIGINT,
  suspended_why TEXT,
  theme TEXT NOT NULL DEFAULT 'auto',
  shortcuts BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  seen_at BIGINT
);

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES people(id),
  csrf TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  device TEXT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);

-- One-time links sent by mail: purpose 'sign_in', 'confirm' or 'reset'.
CREATE TABLE mail_links (
  token_hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE TABLE mails (
  id BIGINT PRIMARY KEY,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  retry_at BIGINT NOT NULL DEFAULT 0,
  attempts BIGINT NOT NULL DEFAULT 0,
  sent_at BIGINT,
  last_error TEXT
);

-- Counts of attempts, shared by all nodes: sign-in, posting.
CREATE TABLE attempts (
  bucket TEXT NOT NULL,
  window_start BIGINT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (bucket, window_start)
);

CREATE TABLE spaces (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  external_id TEXT,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL,              -- 'discussion' | 'questions' | 'announcements'
  visibility TEXT NOT NULL,        -- 'public' | 'members' | 'staff'
  hue BIGINT NOT NULL,             -- 1 to 8: its colour
  position BIGINT NOT NULL,
  topic_count BIGINT NOT NULL DEFAULT 0,
  post_count BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  UNIQUE (account_id, external_id)
);

CREATE TABLE topics (
  id BIGINT PRIMARY KEY,
  space_id BIGINT NOT NULL REFERENCES spaces(id),
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  external_id TEXT,
  person_id BIGINT NOT NULL REFERENCES people(id),
  title TEXT NOT NULL,
  slug TEXT NOT NULL,
  question BIGINT NOT NULL,        -- 1: asks for an answer
  state TEXT NOT NULL DEFAULT 'published',  -- as its first post: 'published' | 'hidden' | 'deleted'
  pinned BIGINT NOT NULL DEFAULT 0,
  closed_at BIGINT,
  created_at BIGINT NOT NULL,
  bumped_at BIGINT NOT NULL,
  post_count BIGINT NOT NULL DEFAULT 0,     -- highest number given
  reply_count BIGINT NOT NULL DEFAULT 0,    -- published replies
  people_count BIGINT NOT NULL DEFAULT 0,
  reaction_count BIGINT NOT NULL DEFAULT 0,
  view_count BIGINT NOT NULL DEFAULT 0,
  first_post_id BIGINT,
  last_post_id BIGINT,
  last_person_id BIGINT,
  first_reply_at BIGINT,
  accepted_post_id BIGINT,
  accepted_at BIGINT,
  accepted_by BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  UNIQUE (account_id, external_id)
);
CREATE INDEX topics_latest ON topics (state, bumped_at, id);
CREATE INDEX topics_space ON topics (space_id, state, bumped_at, id);
CREATE INDEX topics_person ON topics (person_id, id);
CREATE INDEX topics_waiting ON topics (question, state, reply_count, created_at);

CREATE TABLE posts (
  id BIGINT PRIMARY KEY,
  topic_id BIGINT NOT NULL REFERENCES topics(id),
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  external_id TEXT,
  number BIGINT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES people(id),
  person_class TEXT NOT NULL,
  reply_to BIGINT,                 -- number of the post it answers
  body TEXT NOT NULL,              -- our Markdown
  html TEXT NOT NULL,              -- rendered from it; empty: not rendered yet
  renderer BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL,             -- 'published' | 'hidden' | 'deleted'
  state_by TEXT,                   -- who put it there: 'author' | 'staff' | 'archive'
  state_why TEXT,
  state_at BIGINT,
  created_at BIGINT NOT NULL,
  edited_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  reaction_count BIGINT NOT NULL DEFAULT 0,
  reply_count BIGINT NOT NULL DEFAULT 0,
  form_token TEXT UNIQUE,          -- the same form sent twice is one post
  UNIQUE (topic_id, number),
  UNIQUE (account_id, external_id)
);
CREATE INDEX posts_person ON posts (person_id, id);

-- What a post's text was when it came from elsewhere.
CREATE TABLE post_originals (
  post_id BIGINT PRIMARY KEY REFERENCES posts(id),
  format TEXT NOT NULL,
  text TEXT NOT NULL,
  source_version BIGINT NOT NULL DEFAULT 1
);

-- What a post said before an edit.
CREATE TABLE post_revisions (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  version BIGINT NOT NULL,
  person_id BIGINT,
  title TEXT,
  body TEXT NOT NULL,
  why TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  PRIMARY KEY (post_id, version)
);

CREATE TABLE reactions (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  kind TEXT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES people(id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (post_id, kind, person_id)
);
CREATE INDEX reactions_person ON reactions (person_id, created_at);

-- How many reacted: known people and, from archives, people we are not told.
CREATE TABLE reaction_counts (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  kind TEXT NOT NULL,
  count BIGINT NOT NULL,
  unattributed BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (post_id, kind)
);

CREATE TABLE mentions (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  person_id BIGINT NOT NULL REFERENCES people(id),
  PRIMARY KEY (post_id, person_id)
);
CREATE INDEX mentions_person ON mentions (person_id, post_id);

CREATE TABLE tags (
  id BIGINT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  topic_count BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE topic_tags (
  topic_id BIGINT NOT NULL REFERENCES topics(id),
  tag_id BIGINT NOT NULL REFERENCES tags(id),
  PRIMARY KEY (topic_id, tag_id)
);
CREATE INDEX topic_tags_tag ON topic_tags (tag_id, topic_id);

-- Old paths of imported places. target_kind: 'topic' | 'post' | 'person' | 'space' | 'tag'
CREATE TABLE redirects (
  path TEXT PRIMARY KEY,
  target_kind TEXT NOT NULL,
  target_id BIGINT NOT NULL
);

CREATE TABLE flags (
  id BIGINT PRIMARY KEY,
  post_id BIGINT NOT NULL REFERENCES posts(id),
  person_id BIGINT NOT NULL REFERENCES people(id),
  reason TEXT NOT NULL,            -- 'spam' | 'harassment' | 'off_topic' | 'wrong' | 'other'
  note TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,             -- 'open' | 'upheld' | 'cleared'
  created_at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by BIGINT,
  UNIQUE (post_id, person_id)
);
CREATE INDEX flags_state ON flags (state, created_at);

-- How far a member has read a topic.
CREATE TABLE reading (
  person_id BIGINT NOT NULL,
  topic_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, topic_id)
);

CREATE TABLE activities (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tx BIGINT NOT NULL DEFAULT CAST(CAST(pg_current_xact_id() AS text) AS BIGINT),
  verb TEXT NOT NULL,
  occurred_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  actor_id BIGINT,
  actor_class TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object_id BIGINT NOT NULL,
  topic_id BIGINT,
  parent_id BIGINT,
  space_id BIGINT,
  subject_id BIGINT,
  visibility TEXT NOT NULL,
  props TEXT
);
CREATE INDEX activities_order ON activities (tx, seq);
CREATE INDEX activities_actor ON activities (actor_id, occurred_at);
CREATE INDEX activities_topic ON activities (topic_id, occurred_at);

CREATE TABLE log_cursors (reader TEXT PRIMARY KEY, tx BIGINT NOT NULL, seq BIGINT NOT NULL);

CREATE TABLE jobs (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  payload TEXT NOT NULL,
  once_key TEXT,
  run_at BIGINT NOT NULL,
  lease_until BIGINT,
  attempts BIGINT NOT NULL,
  last_error TEXT,
  failed_at BIGINT,
  created_at BIGINT NOT NULL,
  UNIQUE (name, once_key)
);
CREATE INDEX jobs_due ON jobs (failed_at, run_at);
