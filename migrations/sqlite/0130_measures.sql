-- The log of moderation beside decisions: what was done to places and to the team, with its reason. It only grows.
CREATE TABLE measures (
  id BIGINT PRIMARY KEY,
  seq BIGINT NOT NULL UNIQUE,        -- the entry of the log of activities that it comes from
  at BIGINT NOT NULL,
  actor_id BIGINT,                   -- null: Mainstreet itself
  kind TEXT NOT NULL,                -- calm_on, calm_off, raid_on, raid_off, cleanup, cleanup_undone, split, split_back, role, scope, team, team_removed, openness, erased
  place TEXT NOT NULL,               -- site, space, topic, person
  place_id BIGINT NOT NULL,          -- 0: the site
  space_id BIGINT,
  clause TEXT NOT NULL,
  details TEXT NOT NULL,             -- in words, without names
  people TEXT NOT NULL,              -- JSON: the people it is about
  why TEXT NOT NULL,                 -- the reason; can be erased
  salt TEXT NOT NULL                 -- what the reason is hashed with; erased with it
);
CREATE INDEX measures_kind ON measures (kind, id);
CREATE INDEX measures_at ON measures (at, id);
CREATE TRIGGER measures_no_change BEFORE UPDATE OF id, seq, at, actor_id, kind, place, place_id, space_id, clause, details, people ON measures
WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER measures_no_rewriting BEFORE UPDATE OF why, salt ON measures
WHEN (NEW.why <> '' OR NEW.salt <> '') AND NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
CREATE TRIGGER measures_no_delete BEFORE DELETE ON measures WHEN NOT EXISTS (SELECT 1 FROM log_waivers)
BEGIN SELECT RAISE(ABORT, 'The log only grows.'); END;
