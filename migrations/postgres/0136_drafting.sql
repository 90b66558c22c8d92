-- Drafts that a model of the operator's choice was asked for. Nothing is sent from here by itself.
CREATE TABLE draft_requests (
  id BIGINT PRIMARY KEY,
  signal_id BIGINT NOT NULL,
  asked_by BIGINT NOT NULL,
  url TEXT NOT NULL,                 -- where it went
  model TEXT NOT NULL,
  body TEXT NOT NULL,                -- what went there, to the letter
  state TEXT NOT NULL,               -- 'waiting' | 'sending' | 'done' | 'failed' | 'dropped' | 'used'
  draft TEXT NOT NULL DEFAULT '',
  said TEXT NOT NULL DEFAULT '',     -- what went wrong and what to do
  at BIGINT NOT NULL,
  taken_at BIGINT
);
CREATE INDEX draft_requests_signal ON draft_requests (signal_id, id);
CREATE INDEX draft_requests_state ON draft_requests (state, id);
