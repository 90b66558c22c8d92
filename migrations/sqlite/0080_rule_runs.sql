-- Back-tests that were asked for, and how far they are.

CREATE TABLE rule_runs (
  id BIGINT PRIMARY KEY,
  rule_id BIGINT NOT NULL REFERENCES rules(id),
  version BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  state TEXT NOT NULL,               -- 'waiting' | 'running' | 'cancelling' | 'done' | 'cancelled' | 'interrupted' | 'failed'
  looked_at BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,   -- 0: not counted yet
  asked_by BIGINT,
  asked_at BIGINT NOT NULL,
  beat_at BIGINT NOT NULL,           -- when whoever runs it was last heard of
  ended_at BIGINT,
  why TEXT NOT NULL DEFAULT ''       -- why it failed
);
CREATE INDEX rule_runs_rule ON rule_runs (rule_id, id);
CREATE INDEX rule_runs_open ON rule_runs (state) WHERE ended_at IS NULL;
