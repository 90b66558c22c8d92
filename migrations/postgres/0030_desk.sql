-- The desk's inbox: items, why they are there, what was done about them, who was asked, prepared answers.

CREATE TABLE signals (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,                -- strongest cause: 'harm' | 'flag' | 'complaint' | 'question' | 'newcomer'
  title TEXT NOT NULL,
  topic_id BIGINT NOT NULL,
  anchor BIGINT NOT NULL,            -- the post it is about; 0: the conversation as a whole
  post_id BIGINT NOT NULL,           -- where to look first
  person_id BIGINT NOT NULL,         -- whose matter it is
  space_id BIGINT NOT NULL,
  intent TEXT NOT NULL,
  intent_by TEXT NOT NULL,           -- 'rule' | 'model' | 'person'
  intent_probability DOUBLE PRECISION NOT NULL,
  intent_reasons TEXT NOT NULL,      -- JSON: sentences
  urgency BIGINT NOT NULL,           -- 1 low, 2 normal, 3 high, 4 urgent
  urgency_by TEXT NOT NULL,
  urgency_reasons TEXT NOT NULL,
  risks TEXT NOT NULL,               -- JSON: [{risk, level, by, reasons}], only those that are not 'none'
  owner TEXT NOT NULL,               -- 'support' | 'product' | 'marketing' | 'legal' | 'community'
  owner_by TEXT NOT NULL,
  owner_reasons TEXT NOT NULL,
  assignee_id BIGINT,
  lease_until BIGINT,                -- null with an assignee: held until handed on
  state TEXT NOT NULL,
  open BIGINT NOT NULL,              -- 1 while somebody may still have to act
  due_at BIGINT,                     -- null: no clock runs
  snoozed_until BIGINT,
  outcome TEXT,
  outcome_why TEXT NOT NULL DEFAULT '',
  told_back BIGINT NOT NULL DEFAULT 0,
  merged_into BIGINT,
  follows BIGINT,                    -- the closed item whose matter came up again
  reopened BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1,
  occurred_at BIGINT NOT NULL,       -- when the matter itself began
  opened_at BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  first_response_at BIGINT,
  resolved_at BIGINT,
  closed_at BIGINT
);
CREATE UNIQUE INDEX signals_one_open ON signals (topic_id, anchor) WHERE open = 1;
CREATE INDEX signals_open ON signals (open, state, urgency, due_at);
CREATE INDEX signals_topic ON signals (topic_id, id);
CREATE INDEX signals_person ON signals (person_id, id);
CREATE INDEX signals_ended ON signals (state, resolved_at, id);

-- Why an item is there. One thing that happened causes one item at most, however often the log is read.
CREATE TABLE signal_causes (
  id BIGINT PRIMARY KEY,
  signal_id BIGINT NOT NULL REFERENCES signals(id),
  origin_id BIGINT NOT NULL REFERENCES signals(id),  -- the item it came up in; differs after a merge
  kind TEXT NOT NULL,
  object_id BIGINT NOT NULL,         -- the flag, the post, or for a question its topic
  post_id BIGINT NOT NULL,
  person_id BIGINT,                  -- who flagged, complained, is new
  reason TEXT NOT NULL,
  occurred_at BIGINT NOT NULL,
  settled_at BIGINT,                 -- the flag was decided, the question answered, the newcomer greeted
  UNIQUE (kind, object_id)
);
CREATE INDEX signal_causes_signal ON signal_causes (signal_id, id);
CREATE INDEX signal_causes_post ON signal_causes (post_id);

-- What was done, by whom, and how the item stood before: its history, and what undo restores.
CREATE TABLE signal_steps (
  id BIGINT PRIMARY KEY,
  signal_id BIGINT NOT NULL REFERENCES signals(id),
  act TEXT NOT NULL,
  actor_id BIGINT,                   -- null: Mainstreet itself
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  why TEXT NOT NULL,
  object_id BIGINT,                  -- the post written, the note, the escalation, the item merged into
  version BIGINT NOT NULL,           -- of the item after it: the order of steps, whatever node took them
  before TEXT,                       -- JSON of the item before; null: cannot be undone
  at BIGINT NOT NULL,
  undone_at BIGINT
);
CREATE INDEX signal_steps_signal ON signal_steps (signal_id, version, id);
CREATE INDEX signal_steps_object ON signal_steps (object_id, act);

CREATE TABLE signal_notes (
  id BIGINT PRIMARY KEY,
  signal_id BIGINT NOT NULL REFERENCES signals(id),
  person_id BIGINT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  withdrawn_at BIGINT
);
CREATE INDEX signal_notes_signal ON signal_notes (signal_id, id);

-- A question to an owner: part of an item, with its own clock.
CREATE TABLE escalations (
  id BIGINT PRIMARY KEY,
  signal_id BIGINT NOT NULL REFERENCES signals(id),
  owner TEXT NOT NULL,
  question TEXT NOT NULL,
  promise TEXT NOT NULL,             -- what the member may be told; may be empty
  state TEXT NOT NULL,               -- 'asked' | 'answered' | 'withdrawn'
  asked_by BIGINT,
  asked_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  answer TEXT NOT NULL DEFAULT '',
  answered_by BIGINT,
  answered_at BIGINT
);
CREATE INDEX escalations_signal ON escalations (signal_id, id);
CREATE INDEX escalations_state ON escalations (state, due_at);

-- Who answers for an owner of the map support, product, marketing, legal, community.
CREATE TABLE owner_people (
  owner TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  PRIMARY KEY (owner, person_id)
);

-- What a person made of our assessment: evaluation and training data.
CREATE TABLE triage_corrections (
  id BIGINT PRIMARY KEY,
  signal_id BIGINT NOT NULL REFERENCES signals(id),
  post_id BIGINT NOT NULL,
  field TEXT NOT NULL,               -- 'intent' | 'urgency' | 'owner' | a risk
  was TEXT NOT NULL,
  became TEXT NOT NULL,
  set_by TEXT NOT NULL,              -- who had set what was: 'rule' | 'model' | 'person'
  person_id BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX triage_corrections_signal ON triage_corrections (signal_id, id);

CREATE TABLE canned_replies (
  id BIGINT PRIMARY KEY,
  title TEXT NOT NULL,
  title_folded TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL,
  used_count BIGINT NOT NULL DEFAULT 0,
  changed_by BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);

-- How far the desk has looked through the past, for a clock that is set to it.
CREATE TABLE desk_marks (name TEXT PRIMARY KEY, at BIGINT NOT NULL);
