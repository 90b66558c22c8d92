-- Teams of moderators that members share, all at once or one after the other.
CREATE TABLE teams (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL UNIQUE,
  rota TEXT NOT NULL,                -- together, weekly
  weekday BIGINT NOT NULL,           -- of the hand-over: 0 Monday to 6 Sunday
  hour BIGINT NOT NULL,              -- of that day, here
  since_day BIGINT NOT NULL          -- the day of the first hand-over: from then the turns are counted
);

CREATE TABLE team_people (
  team_id BIGINT NOT NULL REFERENCES teams(id),
  person_id BIGINT NOT NULL,
  place BIGINT NOT NULL,             -- whose turn it is when
  PRIMARY KEY (team_id, person_id)
);
CREATE INDEX team_people_person ON team_people (person_id);

-- Where they moderate; no row: everywhere.
CREATE TABLE team_spaces (
  team_id BIGINT NOT NULL REFERENCES teams(id),
  space_id BIGINT NOT NULL,
  PRIMARY KEY (team_id, space_id)
);
