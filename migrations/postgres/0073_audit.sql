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

CREATE FUNCTION record_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM log_waivers) THEN
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The record only grows.';
END $$;

CREATE TRIGGER activities_no_update BEFORE UPDATE OF seq, tx, verb, occurred_at, recorded_at, actor_id, actor_class, object_kind, object_id, topic_id, parent_id,
  space_id, subject_id, visibility
ON activities FOR EACH ROW EXECUTE FUNCTION record_stays();
-- What an entry says beside can be erased, never rewritten.
CREATE TRIGGER activities_no_rewriting BEFORE UPDATE OF props ON activities
FOR EACH ROW WHEN (NEW.props IS NOT NULL) EXECUTE FUNCTION record_stays();
CREATE TRIGGER activities_no_delete BEFORE DELETE ON activities FOR EACH ROW EXECUTE FUNCTION record_stays();
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION record_stays();
CREATE TRIGGER audit_seals_stay BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION record_stays();
CREATE TRIGGER appeal_voices_no_update BEFORE UPDATE ON appeal_voices
FOR EACH ROW WHEN (NEW.why <> '' OR NEW.person_id <> OLD.person_id OR NEW.overturn <> OLD.overturn)
EXECUTE FUNCTION record_stays();
CREATE TRIGGER appeal_voices_no_delete BEFORE DELETE ON appeal_voices FOR EACH ROW EXECUTE FUNCTION record_stays();
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION record_stays();
CREATE TRIGGER appeals_no_delete BEFORE DELETE ON appeals FOR EACH ROW EXECUTE FUNCTION record_stays();
CREATE TRIGGER decisions_no_change BEFORE UPDATE OF id, object_kind, object_id, object_version, person_id, space_id, act, was, became, clause,
  guideline_version, source, source_id, automated_detection, automated_decision, until_at, ground,
  category, content_type, content_at, content_language, territory, strikes,
  strikes_until, decided_by, decided_at
ON decisions FOR EACH ROW EXECUTE FUNCTION record_stays();
-- Texts can be erased, never rewritten.
CREATE TRIGGER decisions_no_rewriting BEFORE UPDATE OF facts, facts_salt, state_before ON decisions
FOR EACH ROW WHEN (NEW.facts <> '' OR NEW.facts_salt <> '' OR NEW.state_before <> '') EXECUTE FUNCTION record_stays();
-- A decision is taken back once.
CREATE TRIGGER decisions_undone_once BEFORE UPDATE OF undone_at, undone_by, undone_why ON decisions
FOR EACH ROW WHEN (OLD.undone_at IS NOT NULL AND (NEW.undone_at <> OLD.undone_at OR NEW.undone_why <> ''))
EXECUTE FUNCTION record_stays();
-- An appeal is answered once, and its words stay or are erased.
CREATE TRIGGER appeals_answered_once BEFORE UPDATE ON appeals
FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.decision_id <> OLD.decision_id OR NEW.person_id <> OLD.person_id
  OR NEW.opened_at <> OLD.opened_at OR NEW.due_at <> OLD.due_at OR (NEW.words <> OLD.words AND NEW.words <> '')
  OR (OLD.state <> 'open' AND (NEW.state <> OLD.state OR (NEW.answer <> OLD.answer AND NEW.answer <> ''))))
EXECUTE FUNCTION record_stays();
