-- What the person who asked a model for a draft had typed themselves. It stands beside the draft and goes with it.
ALTER TABLE draft_requests ADD COLUMN beside TEXT NOT NULL DEFAULT '';
