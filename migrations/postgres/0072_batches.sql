-- One act on several items of the inbox: one reason, one undo, and what became of each.
CREATE TABLE decision_batches (
  id BIGINT PRIMARY KEY,
  act TEXT NOT NULL,                 -- an act of moderation, or leave
  clause TEXT NOT NULL,
  facts TEXT NOT NULL,
  hours BIGINT,
  decided_by BIGINT NOT NULL,
  decided_at BIGINT NOT NULL
);

CREATE TABLE decision_batch_items (
  batch_id BIGINT NOT NULL REFERENCES decision_batches(id),
  signal_id BIGINT NOT NULL,
  decision_id BIGINT,                -- null: nothing was done to a post or member
  flags TEXT NOT NULL,               -- JSON: flags that leaving it decided
  failure TEXT NOT NULL,             -- why nothing was done; empty: it was
  undone_at BIGINT,
  PRIMARY KEY (batch_id, signal_id)
);
CREATE INDEX decision_batch_items_decision ON decision_batch_items (decision_id);
