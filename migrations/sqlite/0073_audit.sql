-- The record of moderation only grows, and can be checked: entries beside what they are about, sealed in a chain.

ALTER TABLE decisions ADD COLUMN facts_salt TEXT NOT NULL DEFAULT '';

-- One row for each thing that was decided, taken back, appealed or said on an appeal. No names, no texts.
CREATE TABLE audit_entries (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor_id BIGINT,                   -- null: Mainstreet itself
  what TEXT NOT NULL,                -- decided, undone, appealed, spoken, answered, erased
  object_id BIGINT NOT NULL,         -- the decision
  digest TEXT NOT NULL,              -- SHA-256 of what the record said, texts apart
  text_digest TEXT NOT NULL          -- SHA-256 of the facts with their salt; says nothing once both are erased
);
CREATE INDEX audit_entries_object ON audit_entries (object_id, id);

-- The order in which entries were sealed. Each hash is of the one before and of the entry.
CREATE TABLE audit_seals (
  number BIGINT PRIMARY KEY,
  entry_id BIGINT NOT NULL UNIQUE,
  hash TEXT NOT NULL
);

-- A row here lets the log be cut: only in a copy that is put back to an earlier time.
CREATE TABLE log_waivers (id BIGINT PRIMARY KEY);

CREATE TRIGGER activities_no_update BEFORE UPDATE OF seq, tx, verb, occurred_at, recorded_at, actor_id, actor_class, object_kind, object_id, topic_id, parent_id,
  space_id, subject_id, visibility
ON activities WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
-- What an entry says beside can be erased, never rewritten.
CREATE TRIGGER activities_no_rewriting BEFORE UPDATE OF props ON activities
WHEN NEW.props IS NOT NULL AND NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER activities_no_delete BEFORE DELETE ON activities WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER audit_seals_no_update BEFORE UPDATE ON audit_seals WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER audit_seals_no_delete BEFORE DELETE ON audit_seals WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER appeal_voices_no_update BEFORE UPDATE ON appeal_voices
WHEN (NEW.why <> '' OR NEW.person_id <> OLD.person_id OR NEW.overturn <> OLD.overturn) AND NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER appeal_voices_no_delete BEFORE DELETE ON appeal_voices WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'Decisions and appeals stay.'); END;
CREATE TRIGGER appeals_no_delete BEFORE DELETE ON appeals WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'Decisions and appeals stay.'); END;
CREATE TRIGGER decisions_no_change BEFORE UPDATE OF id, object_kind, object_id, object_version, person_id, space_id, act, was, became, clause,
  guideline_version, source, source_id, automated_detection, automated_decision, until_at, ground,
  category, content_type, content_at, content_language, territory, strikes,
  strikes_until, decided_by, decided_at
ON decisions WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'A decision does not change.'); END;
-- Texts can be erased, never rewritten.
CREATE TRIGGER decisions_no_rewriting BEFORE UPDATE OF facts, facts_salt, state_before ON decisions
WHEN (NEW.facts <> '' OR NEW.facts_salt <> '' OR NEW.state_before <> '') AND NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The facts of a decision do not change.'); END;
-- A decision is taken back once.
CREATE TRIGGER decisions_undone_once BEFORE UPDATE OF undone_at, undone_by, undone_why ON decisions
WHEN OLD.undone_at IS NOT NULL AND (NEW.undone_at <> OLD.undone_at OR NEW.undone_why <> '') AND NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'It was taken back already.'); END;
-- An appeal is answered once, and its words stay or are erased.
CREATE TRIGGER appeals_answered_once BEFORE UPDATE ON appeals
WHEN (NEW.id <> OLD.id OR NEW.decision_id <> OLD.decision_id OR NEW.person_id <> OLD.person_id
  OR NEW.opened_at <> OLD.opened_at OR NEW.due_at <> OLD.due_at OR (NEW.words <> OLD.words AND NEW.words <> '')
  OR (OLD.state <> 'open' AND (NEW.state <> OLD.state OR (NEW.answer <> OLD.answer AND NEW.answer <> '')))) AND NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'An appeal is answered once.'); END;
