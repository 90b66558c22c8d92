-- Judgement: what people said of what was read, and what was learnt of it.

-- What a person said of one judgement of one text, whether they corrected it or found it right.
CREATE TABLE judgement_answers (
  id BIGINT PRIMARY KEY,
  post_id BIGINT NOT NULL,
  judgement TEXT NOT NULL,           -- 'intent' | 'needs_reply' | 'urgency' | 'sentiment' | 'harassment' | 'spam' | ...
  was TEXT NOT NULL,                 -- what the reading had said
  became TEXT NOT NULL,              -- what the person says; the same: the reading was right
  probability DOUBLE PRECISION NOT NULL, -- of what the reading had said; 0: not known
  model TEXT NOT NULL,               -- the version that had said it; empty: not known
  way TEXT NOT NULL,                 -- 'corrected' | 'confirmed' | 'decided'
  signal_id BIGINT,
  person_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  withdrawn_at BIGINT
);
CREATE INDEX judgement_answers_judgement ON judgement_answers (judgement, at);
CREATE INDEX judgement_answers_signal ON judgement_answers (signal_id, id);

-- Every attempt to learn from them.
CREATE TABLE judgement_versions (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,                -- weights and layer; the weights alone when nothing was learnt
  base TEXT NOT NULL,                -- the weights that shipped then
  standing TEXT NOT NULL,            -- 'adopted' | 'ready' (better, and waits for a person) | 'rejected'
  layer TEXT NOT NULL,               -- JSON; empty: rejected, or too old to be gone back to
  figures TEXT NOT NULL,             -- JSON: by judgement
  answers BIGINT NOT NULL,           -- how many there were
  last_answer BIGINT NOT NULL,       -- the id of the latest of them
  at BIGINT NOT NULL
);
CREATE INDEX judgement_versions_name ON judgement_versions (name, id);

-- Which version was in force from when, and who or what made it so.
CREATE TABLE judgement_turns (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  why TEXT NOT NULL,
  person_id BIGINT,                  -- null: Mainstreet itself
  at BIGINT NOT NULL
);

-- People whose answers are not learnt from, because a manager says so.
CREATE TABLE judgement_left_out (
  person_id BIGINT PRIMARY KEY,
  why TEXT NOT NULL,
  set_by BIGINT NOT NULL,
  at BIGINT NOT NULL
);

-- 'in force': the version texts are read with; 'rules': the one that rules are tried and run with; 'held': '1' when a
-- person chose the version; 'asked': '1' when a person asked for an attempt; 'drift': JSON of the last look.
CREATE TABLE judgement_marks (name TEXT PRIMARY KEY, value TEXT NOT NULL, at BIGINT NOT NULL);

-- What was read of an item's text, and by which version, as it was when it was read.
ALTER TABLE signals ADD COLUMN said TEXT NOT NULL DEFAULT '{}';

INSERT INTO judgement_answers
  (id, post_id, judgement, was, became, probability, model, way, signal_id, person_id, at, withdrawn_at)
SELECT id, post_id, field,
  CASE WHEN field IN ('intent', 'urgency') THEN was WHEN was = 'none' THEN 'no' ELSE 'yes' END,
  CASE WHEN field IN ('intent', 'urgency') THEN became WHEN became = 'none' THEN 'no' ELSE 'yes' END,
  0, '', 'corrected', signal_id, person_id, at, NULL
FROM triage_corrections WHERE field <> 'owner' AND set_by <> 'person';
