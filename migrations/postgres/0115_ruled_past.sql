-- What the live evaluation of rules reads of the past: what was written by whom, what happened in a conversation
-- beside replies, and which conversations were opened when.
CREATE INDEX activities_written ON activities (actor_id, occurred_at) WHERE verb IN ('topic.created', 'reply.created');
CREATE INDEX activities_about ON activities (topic_id, occurred_at) WHERE verb IN ('topic.created',
  'post.edited', 'post.hidden', 'post.deleted', 'post.restored', 'flag.created', 'flag.decided',
  'topic.edited', 'question.marked', 'question.unmarked');
CREATE INDEX activities_opened ON activities (occurred_at) WHERE verb = 'topic.created';
