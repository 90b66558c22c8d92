-- Moderation as due process: what staff may do to posts, topics and members, the decisions they make, and appeals.

-- Restrictions of a member; suspensions stand in members.suspended_until as well.
CREATE TABLE member_standings (
  person_id BIGINT PRIMARY KEY,
  standing TEXT NOT NULL,            -- requires_approval, muted, silenced, suspended, banned
  until_at BIGINT,                   -- null: until somebody ends it
  why TEXT NOT NULL
);

-- How far apart one person's replies in a topic must be, in milliseconds.
CREATE TABLE topic_limits (
  topic_id BIGINT PRIMARY KEY,
  every BIGINT NOT NULL,
  until_at BIGINT
);

-- A word of the moderators above a post, such as "disputed".
CREATE TABLE post_labels (
  post_id BIGINT PRIMARY KEY,
  label TEXT NOT NULL
);

-- Moderators with rows here moderate these spaces only; those without, everywhere.
CREATE TABLE moderator_spaces (
  person_id BIGINT NOT NULL,
  space_id BIGINT NOT NULL,
  PRIMARY KEY (person_id, space_id)
);

-- A notification whose post is away; it comes back with it, as it was.
ALTER TABLE notifications ADD COLUMN withdrawn BIGINT NOT NULL DEFAULT 0;

-- What staff tell a member, beside what other members do.
CREATE TABLE member_notices (
  id BIGINT PRIMARY KEY,
  person_id BIGINT NOT NULL,
  about TEXT NOT NULL,               -- decision, appeal, flag
  object_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  at BIGINT NOT NULL,
  read_at BIGINT
);
CREATE INDEX member_notices_person ON member_notices (person_id, at);
CREATE INDEX member_notices_object ON member_notices (about, object_id);

CREATE TABLE decisions (
  id BIGINT PRIMARY KEY,             -- also the number that is never used again in statements of reasons
  object_kind TEXT NOT NULL,         -- post, topic, person
  object_id BIGINT NOT NULL,
  object_version BIGINT,             -- of a post's text
  person_id BIGINT NOT NULL,         -- whom it concerns
  space_id BIGINT,
  act TEXT NOT NULL,
  was TEXT NOT NULL,
  became TEXT NOT NULL,
  clause TEXT NOT NULL,
  guideline_version BIGINT NOT NULL,
  facts TEXT NOT NULL,               -- what was found, as the member reads it
  source TEXT NOT NULL,              -- flag, rule, own, appeal
  source_id BIGINT,
  automated_detection BIGINT NOT NULL,
  automated_decision BIGINT NOT NULL,
  until_at BIGINT,
  ground TEXT NOT NULL,              -- incompatible, illegal
  category TEXT NOT NULL,
  content_type TEXT NOT NULL,
  content_at BIGINT,
  content_language TEXT NOT NULL,
  territory TEXT NOT NULL,
  state_before TEXT NOT NULL,        -- JSON: enough to undo
  strikes BIGINT NOT NULL,
  strikes_until BIGINT,
  decided_by BIGINT,                 -- null: Mainstreet itself
  decided_at BIGINT NOT NULL,
  mail_id BIGINT,
  told_at BIGINT,
  undone_at BIGINT,
  undone_by BIGINT,
  undone_why TEXT NOT NULL DEFAULT ''
);
CREATE INDEX decisions_person ON decisions (person_id, decided_at);
CREATE INDEX decisions_object ON decisions (object_kind, object_id);
CREATE INDEX decisions_clause ON decisions (clause, decided_at);
CREATE INDEX decisions_at ON decisions (decided_at, id);
CREATE INDEX decisions_untold ON decisions (told_at);

CREATE TABLE appeals (
  id BIGINT PRIMARY KEY,
  decision_id BIGINT NOT NULL UNIQUE REFERENCES decisions(id),
  person_id BIGINT NOT NULL,
  words TEXT NOT NULL,
  state TEXT NOT NULL,               -- open, upheld, overturned
  opened_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  decided_at BIGINT,
  answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX appeals_state ON appeals (state, due_at);

-- One voice a person; a ban needs two that say the same.
CREATE TABLE appeal_voices (
  appeal_id BIGINT NOT NULL REFERENCES appeals(id),
  person_id BIGINT NOT NULL,
  overturn BIGINT NOT NULL,
  why TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (appeal_id, person_id)
);
