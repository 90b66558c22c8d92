-- Rules at work: every version of their texts, what they were allowed to do and since when, what they matched and
-- why, and what people made of that.

CREATE TABLE rules (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL UNIQUE,
  place BIGINT NOT NULL,             -- the order of the list
  version BIGINT NOT NULL,           -- the latest of rule_versions
  mode TEXT NOT NULL,                -- 'draft' | 'shadow' | 'enforce' | 'paused' | 'expired'
  mode_since BIGINT NOT NULL,
  watched_from BIGINT NOT NULL,      -- since when this version is tried on what happens
  owner TEXT NOT NULL DEFAULT '',
  review_at BIGINT,
  expires_at BIGINT,
  changed_at BIGINT NOT NULL
);

CREATE TABLE rule_versions (
  rule_id BIGINT NOT NULL REFERENCES rules(id),
  version BIGINT NOT NULL,
  text TEXT NOT NULL,
  author_id BIGINT,                  -- null: taken over by a command
  at BIGINT NOT NULL,
  PRIMARY KEY (rule_id, version)
);

-- Every change of mode, with its reason; an override of the gate says so.
CREATE TABLE rule_turns (
  id BIGINT PRIMARY KEY,
  rule_id BIGINT NOT NULL REFERENCES rules(id),
  version BIGINT NOT NULL,
  was TEXT NOT NULL,
  became TEXT NOT NULL,
  actor_id BIGINT,                   -- null: Mainstreet itself
  why TEXT NOT NULL,
  overrides BIGINT NOT NULL DEFAULT 0,
  at BIGINT NOT NULL
);
CREATE INDEX rule_turns_rule ON rule_turns (rule_id, id);

-- What a version of a rule matched: once for each version of the object, with the whole explanation.
CREATE TABLE rule_hits (
  id BIGINT PRIMARY KEY,
  rule_id BIGINT NOT NULL REFERENCES rules(id),
  version BIGINT NOT NULL,
  mode TEXT NOT NULL,                -- 'shadow' | 'enforce'
  event TEXT NOT NULL,
  object_kind TEXT NOT NULL,         -- 'post' | 'person'
  object_id BIGINT NOT NULL,
  object_version BIGINT NOT NULL,
  topic_id BIGINT,
  person_id BIGINT,                  -- whose it is
  occurred_at BIGINT NOT NULL,       -- when the event happened
  found_at BIGINT NOT NULL,          -- when we found the match
  trace TEXT NOT NULL,               -- JSON: every condition and what was seen
  outcome TEXT NOT NULL,             -- JSON: what was done, what was withheld and why
  acted BIGINT NOT NULL DEFAULT 0,   -- 1: something was done by this hit
  withdrawn_at BIGINT,               -- what arrived late says that it did not match
  UNIQUE (rule_id, version, object_kind, object_id, object_version)
);
CREATE INDEX rule_hits_rule ON rule_hits (rule_id, occurred_at);
CREATE INDEX rule_hits_time ON rule_hits (occurred_at);
CREATE INDEX rule_hits_object ON rule_hits (object_id, object_kind);

-- What a person said of a match, without acting on it.
CREATE TABLE rule_verdicts (
  rule_id BIGINT NOT NULL REFERENCES rules(id),
  object_kind TEXT NOT NULL,
  object_id BIGINT NOT NULL,
  upheld BIGINT NOT NULL,
  person_id BIGINT,
  at BIGINT NOT NULL,
  PRIMARY KEY (rule_id, object_kind, object_id)
);

-- The last back-test of a version, whole.
CREATE TABLE rule_tests (
  rule_id BIGINT NOT NULL REFERENCES rules(id),
  version BIGINT NOT NULL,
  report TEXT NOT NULL,              -- JSON
  at BIGINT NOT NULL,
  PRIMARY KEY (rule_id, version)
);

-- How far the rules have looked.
CREATE TABLE rule_marks (name TEXT PRIMARY KEY, at BIGINT NOT NULL);

-- What rules hear of, by the time it happened, by whom it was done to, and who had which role.
CREATE INDEX activities_ruled ON activities (occurred_at) WHERE verb IN ('topic.created', 'reply.created',
  'post.edited', 'post.hidden', 'post.deleted', 'post.restored', 'flag.created', 'flag.decided', 'member.joined',
  'topic.edited', 'question.marked', 'question.unmarked');
CREATE INDEX activities_judged ON activities (subject_id) WHERE verb IN ('flag.created', 'flag.decided',
  'post.hidden', 'post.deleted');
CREATE INDEX activities_roles ON activities (object_id) WHERE verb = 'member.role_changed';
