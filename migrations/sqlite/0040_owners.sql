-- Who answers for what: the owners' addresses, the community's own map, and how a question reached its owner.

CREATE TABLE owner_teams (
  owner TEXT PRIMARY KEY,
  email TEXT NOT NULL,               -- empty: nobody is mailed
  answer_within BIGINT               -- milliseconds; null: by the urgency of the item
);

-- The community's own map. The first line that fits an item says whose it is; where none fits, the default map does.
CREATE TABLE owner_lines (
  id BIGINT PRIMARY KEY,
  place BIGINT NOT NULL,             -- the order in which they are asked
  intent TEXT NOT NULL,              -- empty: any
  risk TEXT NOT NULL,                -- empty: any, or none
  tag TEXT NOT NULL,                 -- empty: any
  space_id BIGINT,                   -- null: any
  owner TEXT NOT NULL
);

ALTER TABLE escalations ADD COLUMN mail_id BIGINT;
ALTER TABLE escalations ADD COLUMN mailed_to TEXT NOT NULL DEFAULT '';
ALTER TABLE escalations ADD COLUMN taken_at BIGINT;
ALTER TABLE escalations ADD COLUMN taken_by TEXT NOT NULL DEFAULT '';  -- the name they gave
ALTER TABLE escalations ADD COLUMN signed TEXT NOT NULL DEFAULT '';    -- who answered from the mail

-- How much waits for somebody, on every page of the desk.
CREATE INDEX signals_waiting ON signals (open, state, assignee_id);
