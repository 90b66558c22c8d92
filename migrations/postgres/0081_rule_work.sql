-- What rules do beyond the moment: steps that wait, labels that end, words that are sent, other programs that are told,
-- people who are asked, series of messages.

CREATE TABLE rule_waits (
  id BIGINT PRIMARY KEY,
  hit_id BIGINT NOT NULL REFERENCES rule_hits(id),
  rule_id BIGINT NOT NULL REFERENCES rules(id),
  step BIGINT NOT NULL,              -- the place of the step in the rule, from 0
  due_at BIGINT NOT NULL,
  state TEXT NOT NULL,               -- 'waiting' | 'done' | 'cancelled'
  ended_at BIGINT,
  why TEXT NOT NULL DEFAULT '',
  UNIQUE (hit_id, step)
);
CREATE INDEX rule_waits_due ON rule_waits (due_at) WHERE state = 'waiting';

-- What the desk remembers about people, until when.
CREATE TABLE member_labels (
  id BIGINT PRIMARY KEY,
  person_id BIGINT NOT NULL,
  label TEXT NOT NULL,
  hit_id BIGINT,                     -- null: a person gave it
  given_by BIGINT,
  from_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX member_labels_person ON member_labels (person_id, until_at);

-- Words of the community to one member: a notice leads to them, and they are mailed.
CREATE TABLE letters (
  id BIGINT PRIMARY KEY,
  person_id BIGINT NOT NULL,
  post_id BIGINT,                    -- what it is about
  subject TEXT NOT NULL,
  body TEXT NOT NULL,                -- Markdown
  sender TEXT NOT NULL,              -- what sent it: 'rule: Name', 'sequence: Name'
  at BIGINT NOT NULL
);
CREATE INDEX letters_person ON letters (person_id, id);

-- Answers that a rule proposes for an item; a person sends them or not.
CREATE TABLE reply_drafts (
  id BIGINT PRIMARY KEY,
  signal_id BIGINT NOT NULL,
  hit_id BIGINT NOT NULL,
  rule TEXT NOT NULL,
  template TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  UNIQUE (signal_id, hit_id, template)
);

-- Members who were asked whether they can answer.
CREATE TABLE answer_requests (
  id BIGINT PRIMARY KEY,
  person_id BIGINT NOT NULL,
  topic_id BIGINT NOT NULL,
  hit_id BIGINT NOT NULL,
  rule_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  UNIQUE (person_id, topic_id)
);
CREATE INDEX answer_requests_person ON answer_requests (person_id, at);

-- Other programs an owner lets rules tell, by name.
CREATE TABLE webhooks (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE webhook_calls (
  id BIGINT PRIMARY KEY,
  webhook_id BIGINT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
  hit_id BIGINT NOT NULL,
  body TEXT NOT NULL,                -- JSON, as it is sent
  state TEXT NOT NULL,               -- 'waiting' | 'sent' | 'failed'
  tries BIGINT NOT NULL DEFAULT 0,
  next_at BIGINT NOT NULL,
  said TEXT NOT NULL DEFAULT '',     -- what the other side answered, or what went wrong
  at BIGINT NOT NULL,
  ended_at BIGINT,
  UNIQUE (webhook_id, hit_id)
);
CREATE INDEX webhook_calls_due ON webhook_calls (next_at) WHERE state = 'waiting';

-- Series of messages to one member: wait, send, wait, send, until they end or the member has written.
CREATE TABLE sequences (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  steps TEXT NOT NULL,               -- JSON: [{"wait": "2 days", "template": "welcome", "unless_wrote": true}]
  changed_at BIGINT NOT NULL,
  changed_by BIGINT
);

CREATE TABLE sequence_walks (
  id BIGINT PRIMARY KEY,
  sequence TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  post_id BIGINT,
  hit_id BIGINT,
  started_at BIGINT NOT NULL,
  step BIGINT NOT NULL,              -- the next one, from 0
  due_at BIGINT NOT NULL,
  state TEXT NOT NULL,               -- 'walking' | 'ended' | 'stopped'
  ended_at BIGINT,
  why TEXT NOT NULL DEFAULT '',
  UNIQUE (sequence, person_id)
);
CREATE INDEX sequence_walks_due ON sequence_walks (due_at) WHERE state = 'walking';
