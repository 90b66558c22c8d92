-- Segments: members chosen by conditions, under a name that rules ask for. Every version of their texts.

CREATE TABLE segments (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL UNIQUE,
  version BIGINT NOT NULL,           -- the latest of segment_versions
  owner TEXT NOT NULL DEFAULT '',
  changed_at BIGINT NOT NULL
);

CREATE TABLE segment_versions (
  segment_id BIGINT NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  text TEXT NOT NULL,
  author_id BIGINT,                  -- null: taken over by a command
  at BIGINT NOT NULL,
  PRIMARY KEY (segment_id, version)
);

-- Labels by what they say, to list and to take back.
CREATE INDEX member_labels_label ON member_labels (label, person_id);

-- What rules hear of: items that open and questions to owners are new among it.
DROP INDEX activities_ruled;
CREATE INDEX activities_ruled ON activities (occurred_at) WHERE verb IN ('topic.created', 'reply.created',
  'post.edited', 'post.hidden', 'post.deleted', 'post.restored', 'flag.created', 'flag.decided', 'member.joined',
  'topic.edited', 'question.marked', 'question.unmarked', 'signal.opened', 'signal.escalated');
