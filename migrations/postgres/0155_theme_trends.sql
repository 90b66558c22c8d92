-- Each time that a theme trended, with the item that told of it.
CREATE TABLE theme_trends (
  id BIGINT PRIMARY KEY,
  theme_id BIGINT NOT NULL REFERENCES themes(id),
  at BIGINT NOT NULL,                -- when the conversation was begun that made it trend
  authors BIGINT NOT NULL,           -- different ones in the 24 hours before
  expected DOUBLE PRECISION NOT NULL,  -- a day, by the 28 days before
  signal_id BIGINT NOT NULL,
  lifted_at BIGINT,                  -- the item was dismissed, and somebody wants to hear of the theme all the same
  UNIQUE (theme_id, at)
);
