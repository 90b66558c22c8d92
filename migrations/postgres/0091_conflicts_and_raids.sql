-- What the desk sees of conflicts and of spam: heated conversations, links and their past, scores with reasons,
-- clean-ups after a raid.

CREATE TABLE conflicts (
  id BIGINT PRIMARY KEY,
  topic_id BIGINT NOT NULL,          -- 0: the community as a whole
  post_id BIGINT NOT NULL,           -- where to look first
  inputs TEXT NOT NULL,              -- JSON: [{threshold, text}]
  found_at BIGINT NOT NULL,
  signal_id BIGINT,
  ended_at BIGINT,
  ended_by BIGINT,
  ended_why TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX conflicts_one ON conflicts (topic_id) WHERE ended_at IS NULL;
CREATE INDEX conflicts_latest ON conflicts (found_at, id);

-- Which domains a post links to.
CREATE TABLE link_domains (
  domain TEXT NOT NULL,
  post_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (domain, post_id)
);
CREATE INDEX link_domains_post ON link_domains (post_id);

-- What was found in the posts of new accounts, held or not.
CREATE TABLE spam_scores (
  post_id BIGINT PRIMARY KEY,
  person_id BIGINT NOT NULL,
  score DOUBLE PRECISION NOT NULL,
  reasons TEXT NOT NULL,             -- JSON: [{points, text}]
  held BIGINT NOT NULL,
  version BIGINT NOT NULL,           -- of the text that was looked at
  at BIGINT NOT NULL
);
CREATE INDEX spam_scores_at ON spam_scores (at, post_id);
CREATE INDEX spam_scores_person ON spam_scores (person_id);

-- Mail domains that the team added to, or took from, the list that comes with the program.
CREATE TABLE mail_domains (
  domain TEXT PRIMARY KEY,
  disposable BIGINT NOT NULL,
  by_id BIGINT,
  at BIGINT NOT NULL
);

CREATE TABLE cleanups (
  id BIGINT PRIMARY KEY,
  clause TEXT NOT NULL,
  why TEXT NOT NULL,
  criteria TEXT NOT NULL,            -- JSON: by what the suspects were found
  posts BIGINT NOT NULL,
  people BIGINT NOT NULL,
  by_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  undone_at BIGINT,
  undone_by BIGINT,
  undone_why TEXT NOT NULL DEFAULT '',
  left_out BIGINT NOT NULL DEFAULT 0 -- decisions that something else had happened to before the undoing
);
CREATE INDEX cleanups_at ON cleanups (at, id);

CREATE TABLE cleanup_decisions (
  cleanup_id BIGINT NOT NULL REFERENCES cleanups(id),
  place BIGINT NOT NULL,
  decision_id BIGINT NOT NULL,
  PRIMARY KEY (cleanup_id, place)
);
