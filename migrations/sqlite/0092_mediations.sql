-- Mediation: a member of the team talks with members who are at odds, until they agree or part.

CREATE TABLE mediations (
  id BIGINT PRIMARY KEY,
  title TEXT NOT NULL,               -- as the parties read it
  topic_id BIGINT,                   -- where it began
  mediator_id BIGINT NOT NULL,
  state TEXT NOT NULL,               -- open, talking, agreed, closed
  proposal TEXT NOT NULL DEFAULT '', -- what they would agree on
  proposal_version BIGINT NOT NULL DEFAULT 0,
  opened_by BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  moved_at BIGINT NOT NULL,          -- when something last happened
  reminded_at BIGINT NOT NULL,
  ended_at BIGINT,
  ended_why TEXT NOT NULL DEFAULT ''
);
CREATE INDEX mediations_state ON mediations (state, moved_at);

CREATE TABLE mediation_parties (
  mediation_id BIGINT NOT NULL REFERENCES mediations(id),
  person_id BIGINT NOT NULL,
  accepted BIGINT NOT NULL DEFAULT 0, -- the version of the proposal they accepted
  PRIMARY KEY (mediation_id, person_id)
);
CREATE INDEX mediation_parties_person ON mediation_parties (person_id);

CREATE TABLE mediation_words (
  id BIGINT PRIMARY KEY,
  mediation_id BIGINT NOT NULL REFERENCES mediations(id),
  kind TEXT NOT NULL,                -- note: for the team; message; proposal
  author_id BIGINT NOT NULL,
  to_id BIGINT,                      -- one party, or the mediator; null: all of them
  body TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX mediation_words_of ON mediation_words (mediation_id, id);
