-- Meaning: sentence models that an operator added, and the vector of each post.

-- What was added. At most one is in use.
CREATE TABLE models (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,                -- of the file
  sha256 TEXT NOT NULL UNIQUE,       -- of the net
  bytes BIGINT NOT NULL,
  tokenizer TEXT NOT NULL,           -- 'tokenizer.json' | 'vocab.txt'
  tokenizer_sha256 TEXT NOT NULL,
  dims BIGINT NOT NULL,              -- of its vectors
  tokens BIGINT NOT NULL,            -- most of a text that it reads
  floor DOUBLE PRECISION NOT NULL,   -- the cosine of texts with nothing in common
  licence TEXT NOT NULL,
  licence_from TEXT NOT NULL,        -- the file or the option that said so
  in_use BIGINT NOT NULL,
  scanned BIGINT NOT NULL,           -- the last post asked for since it was put in use
  listed BIGINT NOT NULL,            -- 1: every post was asked for
  round BIGINT NOT NULL,             -- rises with every batch of vectors; nodes take in what is newer than they know
  added_at BIGINT NOT NULL
);

-- What a post means. Can be made again from the posts and the model.
CREATE TABLE post_vectors (
  post_id BIGINT PRIMARY KEY,
  due BIGINT NOT NULL,               -- 1: to be made, or made anew
  asked BIGINT NOT NULL,             -- rises whenever it is asked for
  model_id BIGINT NOT NULL,          -- whose vector this is; 0: nobody's yet
  round BIGINT NOT NULL,
  vector BYTEA                       -- one signed byte a dimension; null: none, or the post cannot be found
);
CREATE INDEX post_vectors_due ON post_vectors (post_id) WHERE due = 1;
CREATE INDEX post_vectors_round ON post_vectors (model_id, round, post_id);
