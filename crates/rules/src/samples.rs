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

mod tried {
    use super::SIX;
    use crate::{Passage, RuleSet, Snapshot, Truth, Unit, Value, Vocabulary, read, why};

    const HOUR: i64 = 3_600_000;

    fn set() -> RuleSet {
        RuleSet::new(read(SIX, Vocabulary::standard()).rules)
    }

    #[track_caller]
    fn check(event: &str, facts: &Snapshot, expect: &[(usize, Truth)]) {
        let set = set();
        let look = set.look(event, facts);
        let shown: Vec<String> =
            (0..6).filter_map(|rule| look.explain(rule)).map(|outcome| why(&outcome)).collect();
        assert_eq!(look.verdicts(), expect, "{}", shown.join("\n"));
    }

    fn newcomer(text: &str) -> Snapshot {
        Snapshot::of_text(text, Vocabulary::standard())
            .with("author.age", Value::Duration(3 * HOUR))
            .with("author.segment", Value::List(Vec::new()))
            .with("signal.intent-complaint", Value::Number(0.1))
    }

    #[test]
    fn links_of_a_newcomer() {
        let spam = "cheap http://a.xyz and http://b.xyz";
        check("post published", &newcomer(spam), &[(0, Truth::Yes)]);
        check("post edited", &newcomer(spam), &[]);
        check("post published", &newcomer("see https://docs.example.com/x http://b.xyz"), &[]);
        let customer = newcomer(spam).with("author.segment", Value::List(vec!["Customers".to_owned()]));
        check("post published", &customer, &[]);
        let mut unknown = newcomer(spam);
        unknown.values.remove("author.age");
        check("post published", &unknown, &[(0, Truth::Unknown)]);
        unknown.values.insert("post.links.count".to_owned(), Value::Number(1.0));
        check("post published", &unknown, &[]);
    }

    #[test]
    fn counters_business_time_and_shapes() {
        let mut flagged = Snapshot::default().with("thread.age", Value::Duration(HOUR));
        check("flag", &flagged, &[(1, Truth::Unknown)]);
        flagged.counts.insert("flagger, flag on thread".to_owned(), 3);
        check("flag", &flagged, &[(1, Truth::Yes)]);
        let mut waiting = Snapshot::default().with("post.space", Value::List(vec!["How-to".to_owned()]));
        waiting.business.insert(("thread.age".to_owned(), Unit::BusinessHour), 6.5);
        check("question unanswered", &waiting, &[(2, Truth::Yes)]);
        let mut keys = Snapshot::of_text("my key is sk_live_0123456789abcdefXY", Vocabulary::standard());
        check("post settled", &keys, &[(3, Truth::Yes)]);
        keys.values.insert("post.text".to_owned(), Value::Text(Passage::plain("call me")));
        check("post settled", &keys, &[(3, Truth::Unknown)]);
        for shape in ["phone number", "payment card"] {
            keys.shapes.insert(("post.text".to_owned(), shape.to_owned()), Vec::new());
        }
        check("post settled", &keys, &[]);
        check(
            "first post",
            &Snapshot::default().with("author.is_staff", Value::Flag(false)),
            &[(4, Truth::Yes)],
        );
    }

    #[test]
    fn an_outage_is_explained_with_what_was_found() {
        let mut facts =
            newcomer("I can’t  log in since noon").with("signal.intent-complaint", Value::Number(0.2));
        facts.counts.insert("author, post in cluster".to_owned(), 4);
        let set = set();
        let outcome = set.look("post published", &facts).explain(5).unwrap();
        assert_eq!(
            why(&outcome),
            "\"Launch week - possible outage report\" matches.\n  \
             yes        at least one of these\n    \
             no         signal.intent-complaint >= 0.7  (it is 0.2)\n    \
             yes        post.text has any [outage, \"can't log in\", \"error 500\"]  (found \"can’t log in\")\n  \
             yes        distinct(author, post in cluster, 1 hour) >= 3  (it is 4)\n"
        );
        let kept = serde_json::to_string(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<crate::Outcome>(&kept).unwrap(), outcome);
    }
}

#[test]
fn the_six_rules_have_nothing_wrong_with_them() {
    use crate::{Names, Setting, examine};
    use mainstreet_kernel::Role;
    let names = Names::default()
        .guideline("no-spam", 2)
        .guideline("be-kind", 3)
        .guideline("protect-personal-data", 5)
        .with("spaces", ["How-to", "Integrations"])
        .with("tags", ["first-post"]);
    let setting = Setting { vocabulary: Vocabulary::standard(), names: &names, role: Role::Manager };
    assert_eq!(examine(SIX, &setting).findings, []);
}
