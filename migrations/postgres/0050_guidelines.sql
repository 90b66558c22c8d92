-- Guidelines: clauses with ids that stay, versions with a date, translations, and who read which version.

-- Version 0 is the draft that managers work on; it is never shown to members.
CREATE TABLE guideline_versions (
  number BIGINT PRIMARY KEY,
  changes TEXT NOT NULL,             -- what is new, in a sentence or two
  language TEXT NOT NULL,            -- tag of the language that counts; others are translations
  published_at BIGINT,               -- null: the draft
  published_by BIGINT
);

CREATE TABLE guideline_clauses (
  version BIGINT NOT NULL REFERENCES guideline_versions(number),
  slug TEXT NOT NULL,                -- such as be-kind: the same in every version
  place BIGINT NOT NULL,
  severity TEXT NOT NULL,            -- minor, serious, severe
  PRIMARY KEY (version, slug)
);

CREATE TABLE guideline_texts (
  version BIGINT NOT NULL,
  slug TEXT NOT NULL,
  language TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,             -- in plain language, one sentence
  body TEXT NOT NULL,                -- our Markdown
  PRIMARY KEY (version, slug, language)
);

CREATE TABLE guideline_acknowledgements (
  person_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (person_id, version)
);
