//! The six rules that every release must read, print, check and evaluate as they stand here.

use crate::{Vocabulary, print, print_all, read};

/// As a volunteer would write them.
pub(crate) const SIX: &str = r#"rule: New member posts several links
why: Almost everything we took down as link spam came from accounts of the same day.
guideline: no-spam
when: post published
if:
  - author.age < 1 day
  - post.links.count >= 2
  - post.links.domains has none: [example.com, docs.example.com]
unless:
  - author.segment includes any: [customers]
then:
  - hide until reviewed
  - open item: {urgency: high, risk: brand-safety}
limit: 20 per hour
review: in 90 days
examples:
  match: ["pills for nothing http://a.xyz http://b.xyz"]
  no match: ["compare https://docs.example.com/x with https://example.com/y"]
---
rule: Heated thread
why: When three people reported within two hours, they were nearly always right.
guideline: be-kind
when: flag
if:
  - distinct(flagger, flag on thread, 2 hours) >= 3
  - thread.age < 3 days
then:
  - slow mode: 10 minutes for 6 hours
  - open item: {urgency: urgent, risk: harassment}
  - notify: {who: on-call moderator, within: calm hours}
expires: never
review: in 180 days
---
rule: Question waiting too long
why: We promise a first answer within a working day.
when: question unanswered
if:
  - thread.age > 6 business hours
  - post.space includes any: [How-to, Integrations]
then:
  - suggest answerers: 3 from people with accepted answers in these tags, not asked in 7 days
  - after 1 business day: {open item: {intent: support, urgency: high, owner: support}}
limit: 2 requests per person per week
---
rule: Personal data posted by mistake
why: People paste keys and telephone numbers when they ask for help.
guideline: protect-personal-data
when: post settled
if any:
  - post.text matches regex: 'sk_live_[0-9A-Za-z]{16,}'
  - post.text looks like: [phone number, payment card]
then:
  - hide until reviewed
  - reply with: {template: personal-data-help, mode: send, to: author only}
  - open item: {urgency: urgent, risk: compliance, owner: legal}
---
rule: First contribution
why: Whoever gets an answer to a first post comes back.
when: first post
if:
  - not author.is_staff
then:
  - add tag: first-post
  - add to sequence: welcome-contributor
  - after 4 business hours without reply: {notify: {who: welcome team}}
hold out: 10 percent
---
rule: Launch week - possible outage report
why: In the week of a launch, reports reach engineering within a quarter of an hour.
when: post published
if:
  - signal.intent-complaint >= 0.7 or post.text has any: [outage, "can't log in", "error 500"]
  - distinct(author, post in cluster, 1 hour) >= 3
then:
  - open item: {intent: complaint, urgency: urgent, owner: product}
  - send webhook: status-page-watch
expires: 2026-12-01
"#;

#[test]
fn the_six_rules_are_read_and_printed_as_they_stand() {
    let reading = read(SIX, Vocabulary::standard());
    assert_eq!(reading.findings, [], "{:#?}", reading.findings);
    assert_eq!(reading.rules.len(), 6);
    assert_eq!(print_all(&reading.rules, Vocabulary::standard()), SIX);
    for rule in &reading.rules {
        let again = read(&print(rule, Vocabulary::standard()), Vocabulary::standard());
        assert_eq!(again.rules, std::slice::from_ref(rule));
    }
}
