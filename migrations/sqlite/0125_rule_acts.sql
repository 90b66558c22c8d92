-- What rules could ask for and not do: links that are limited, forms, proposals that a person confirms, recognition.

-- A letter that is kept back has a time here until it is told: a notice that comes in calm hours waits for their end.
ALTER TABLE letters ADD COLUMN due_at BIGINT;
-- Where it leads, a path of this place; empty: to the post it is about.
ALTER TABLE letters ADD COLUMN path TEXT NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN mail_id BIGINT;
ALTER TABLE letters ADD COLUMN automatic BIGINT NOT NULL DEFAULT 1;
CREATE INDEX letters_due ON letters (due_at) WHERE due_at IS NOT NULL;

-- How many links a member's posts may hold for a while.
CREATE TABLE member_link_limits (
  person_id BIGINT PRIMARY KEY,
  most BIGINT NOT NULL,              -- in one post
  until_at BIGINT NOT NULL,
  why TEXT NOT NULL
);

-- Short forms that members are asked to fill in.
CREATE TABLE forms (
  name TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  intro TEXT NOT NULL,
  questions TEXT NOT NULL,           -- JSON: [{"label": "Which version?", "kind": "short", "options": [], "required": true}]
  changed_at BIGINT NOT NULL,
  changed_by BIGINT
);

CREATE TABLE form_asks (
  id BIGINT PRIMARY KEY,
  form TEXT NOT NULL,
  title TEXT NOT NULL,               -- with intro and questions as they were when the member was asked
  intro TEXT NOT NULL,
  questions TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  post_id BIGINT,
  hit_id BIGINT,
  sender TEXT NOT NULL,
  letter_id BIGINT,
  asked_at BIGINT NOT NULL,
  answers TEXT,                      -- JSON list beside the questions; null: not answered
  answered_at BIGINT,
  withdrawn_at BIGINT
);
CREATE INDEX form_asks_person ON form_asks (person_id, id);

-- What rules propose and a person of the desk does or does not do.
CREATE TABLE proposals (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,                -- form, recognition, connection
  rule TEXT NOT NULL,                -- the name of the rule
  hit_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,         -- whom it is about
  other_id BIGINT,                   -- of a connection
  post_id BIGINT,
  what TEXT NOT NULL,                -- the form or the recognition
  why TEXT NOT NULL,                 -- what speaks for it
  state TEXT NOT NULL,               -- waiting, accepted, declined
  decided_by BIGINT,
  decided_at BIGINT,
  decided_why TEXT NOT NULL DEFAULT '',
  came TEXT NOT NULL DEFAULT '',     -- JSON: what was made, so that it can be taken back
  at BIGINT NOT NULL
);
CREATE INDEX proposals_state ON proposals (state, id);
CREATE INDEX proposals_person ON proposals (person_id, kind);

-- Thanks that stand on a member's page.
CREATE TABLE recognitions (
  id BIGINT PRIMARY KEY,
  person_id BIGINT NOT NULL,
  badge TEXT NOT NULL,
  words TEXT NOT NULL,
  given_by BIGINT,
  at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX recognitions_person ON recognitions (person_id, id);

-- Members who want to be introduced to nobody.
CREATE TABLE no_introductions (
  person_id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL
);
