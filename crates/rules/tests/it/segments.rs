//! Segments, and rules that ask for them or run on a schedule.

use mainstreet_kernel::Role;
use mainstreet_rules::{
    Names, RuleSet, Segments, Setting, Snapshot, Truth, Value, Vocabulary, event_of, examine,
    examine_segments, print, print_segment, read, read_segments, segments_of, why,
};

fn words() -> &'static Vocabulary {
    Vocabulary::standard()
}

fn names() -> Names {
    Names::default().with("segments", ["customers", "helpers"]).with("labels", ["customer"])
}

/// What is said about a segment.
#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let names = names();
    let setting = Setting { vocabulary: words(), names: &names, role: Role::Manager };
    let found = examine_segments(text, &setting).findings;
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(said, expect, "{text}");
}

#[test]
fn what_is_wrong_with_a_segment_is_said_with_its_place() {
    check("segment: a\nif:\n  - author.posts > 3\n", &[]);
    check("segment: a\nif: always\n", &[]);
    check(
        "segment: a\nif:\n  - author.psots > 3\n",
        &["3:5 There is no field \"author.psots\". Did you mean \"author.posts\"?"],
    );
    check(
        "segment: a\nif:\n  - post.text has any: [x]\n  - times(flag on post, 1 day) > 2\n",
        &[
            "3:5 \"post.text\" cannot be asked here: a segment chooses members, so it asks about \"author\" only.",
            "4:5 \"flag on post\" cannot be asked here: a segment chooses members, so it asks about \"author\" only.",
        ],
    );
    check(
        "segment: a\nif:\n  - author.segment includes any: [customers]\n",
        &[
            "3:5 \"author.segment\" cannot be asked here: a segment cannot be made of segments. Write their conditions here.",
        ],
    );
    check(
        "segment: a\nif:\n  - author.labels includes any: [custmer]\n",
        &["3:5 There is no \"custmer\" among the labels of this community. Did you mean \"customer\"?"],
    );
    check(
        "segment: a\nif:\n  - author.posts > 3\n  - author.posts < 2\n",
        &[
            "4:5 This segment can never hold anybody: \"author.posts < 2\" and \"author.posts > 3\" (line 3) cannot hold together.",
        ],
    );
    check(
        "rule: a\nwhen: flag\nif: always\n",
        &[
            "1:1 A segment has no part \"rule\". It has a name, conditions, and \"why\" and \"owner\". Did you mean \"segment\"?",
            "2:1 A segment has no part \"when\". It has a name, conditions, and \"why\" and \"owner\".",
        ],
    );
    check(
        "segment: a\n",
        &[
            "1:1 A segment without a condition is everybody: add \"if:\". If that is meant, write \"if: always\".",
        ],
    );
    check(
        "",
        &[
            "1:1 There is no segment in this text. Begin with \"segment:\" and its name. Did you mean \"segment: customers\"?",
        ],
    );
}

#[test]
fn a_segment_is_printed_in_one_way() {
    let text = "# ours\nsegment: customers\nwhy: they pay\nowner: Ada\nif:\n  - author.labels includes any: [customer]\nunless:\n  - author.is_staff\n";
    let reading = read_segments(text, words());
    assert_eq!(reading.findings, []);
    assert_eq!(reading.rules.iter().map(print_segment).collect::<String>(), text);
}

const RULES: &str = "rule: in\nwhen: flag\nif:\n  - author.segment includes any: [Customers, nobody]\nthen: {allow: [g]}\n---\n\
                     rule: both\nwhen: flag\nif:\n  - author.segment includes all: [customers, helpers]\nthen: {allow: [g]}\n---\n\
                     rule: out\nwhen: flag\nif:\n  - author.segment includes none: [customers]\nthen: {allow: [g]}\n";
const SEGMENTS: &str = "segment: customers\nif:\n  - author.labels includes any: [customer]\n---\nsegment: helpers\nif:\n  - author.posts > 3\n";

#[test]
fn a_rule_asks_the_conditions_of_a_segment() {
    let rules = read(RULES, words());
    assert_eq!(rules.findings, []);
    let segments = Segments::new(read_segments(SEGMENTS, words()).rules, words());
    let set = RuleSet::with(rules.rules.clone(), segments);
    let truths =
        |facts: &Snapshot| -> Vec<Truth> { (0..3).map(|rule| set.look("flag", facts).truth(rule)).collect() };
    let of = |labels: &[&str], posts: f64| {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        Snapshot::default()
            .with("author.labels", Value::List(labels))
            .with("author.posts", Value::Number(posts))
    };
    assert_eq!(truths(&of(&["customer"], 9.0)), [Truth::Yes, Truth::Yes, Truth::No]);
    assert_eq!(truths(&of(&["customer"], 1.0)), [Truth::Yes, Truth::No, Truth::No]);
    // A segment that is not there leaves it open.
    assert_eq!(truths(&of(&[], 9.0)), [Truth::Unknown, Truth::No, Truth::Yes]);
    assert_eq!(truths(&Snapshot::default()), [Truth::Unknown, Truth::Unknown, Truth::Unknown]);
    // What is told of the moment goes before what is worked out, as in an example.
    let told = of(&[], 0.0).with("author.segment", Value::List(vec!["customers".to_owned()]));
    assert_eq!(truths(&told), [Truth::Yes, Truth::No, Truth::No]);
    let explained = set.look("flag", &of(&["customer"], 1.0)).explain(1).map(|outcome| why(&outcome));
    assert_eq!(
        explained.as_deref(),
        Some(
            "\"both\" does not match.\n  no         author.segment includes all [customers, helpers]\n    yes        segment \"customers\"\n      yes        author.labels includes any [customer]  (it is customer)\n    no         segment \"helpers\"\n      no         author.posts > 3  (it is 1)\n"
        )
    );
    let asked: Vec<String> =
        segments_of(rules.rules.first().unwrap(), words()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(asked, ["Customers", "nobody"]);
}

#[test]
fn a_rule_that_asks_for_a_segment_nobody_made_is_refused() {
    let names = names();
    let setting = Setting { vocabulary: words(), names: &names, role: Role::Manager };
    let text = "rule: a\nwhen: flag\nif:\n  - author.segment includes any: [custmers]\nthen:\n  - open item: {urgency: low}\n";
    let said: Vec<String> = examine(text, &setting).findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "4:5 There is no \"custmers\" among the segments of this community. Make it on the page of segments first. Did you mean \"customers\"?"
        ]
    );
}

/// What is said about a rule with this head.
#[track_caller]
fn scheduled(head: &str, expect: &[&str]) {
    let text = format!("rule: a\n{head}if:\n  - author.posts > 3\nthen:\n  - notify: {{who: support}}\n");
    let names = names();
    let setting = Setting { vocabulary: words(), names: &names, role: Role::Manager };
    let found = examine(&text, &setting).findings;
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(said, expect, "{text}");
}

#[test]
fn a_schedule_says_when_and_for_whom() {
    scheduled("when: schedule\nevery: Monday at 9:00\nfor each: member\n", &[]);
    scheduled(
        "when: schedule\n",
        &[
            "2:7 A rule on a schedule says at which time: add \"every:\". Did you mean \"every: Monday at 9:00\"?",
        ],
    );
    scheduled(
        "when: schedule\nevery: Monday at 9:00\n",
        &[
            "2:7 A rule on a schedule says what it looks at: add \"for each:\" member or thread. Did you mean \"for each: member\"?",
        ],
    );
    scheduled(
        "when: schedule\nevery: wekly at 9:00\nfor each: memebr\n",
        &[
            "3:8 \"wekly at 9:00\" is no time of a schedule. Write \"day at 9:00\", \"Monday at 9:00\" or \"month on day 1 at 9:00\" (day 1 to 28).",
            "4:11 \"memebr\" cannot be gone through one by one: \"member\" or \"thread\". Did you mean \"member\"?",
        ],
    );
    scheduled(
        "when: [schedule, flag]\nevery: day at 9:00\nfor each: thread\n",
        &[
            "2:7 A rule on a schedule has no other event. Write a second rule for the others. Did you mean \"when: schedule\"?",
        ],
    );
    scheduled(
        "when: flag\nevery: day at 9:00\n",
        &["2:7 \"every\" and \"for each\" are for a rule on a schedule. Did you mean \"when: schedule\"?"],
    );
}

#[test]
fn each_schedule_is_an_event_of_its_own() {
    let text = |every: &str| {
        format!(
            "rule: a {every}\nwhen: schedule\nevery: {every}\nfor each: member\nif: always\nthen:\n  - notify: {{who: x}}\n"
        )
    };
    let rules = read(&[text("day at 9:00"), text("day at 10:00")].join("---\n"), words()).rules;
    let events: Vec<String> = rules.iter().map(|rule| event_of(rule, "schedule")).collect();
    assert_eq!(events, ["schedule: day at 09:00, member", "schedule: day at 10:00, member"]);
    let set = RuleSet::new(rules.clone());
    let facts = Snapshot::default();
    assert_eq!(set.look(events.last().unwrap(), &facts).verdicts(), [(1, Truth::Yes)]);
    assert_eq!(
        print(rules.first().unwrap(), words()),
        text("day at 9:00")
            .replace("every: day at 9:00", "every: day at 09:00")
            .replace("if: always", "if:\n  - always")
    );
}

#[test]
fn what_people_write_for_one_word_of_several_is_taken_kindly() {
    let line = |line: &str| {
        let rule = format!("rule: a\nwhen: flag\nif:\n  - {line}\nthen: {{allow: [g]}}\n");
        let reading = read(&rule, words());
        assert_eq!(reading.findings, [], "{line}");
        let printed = reading.rules.first().map(|rule| print(rule, words())).unwrap_or_default();
        printed.lines().find_map(|line| line.strip_prefix("  - ")).unwrap_or_default().to_owned()
    };
    let is = line("post.channel is slack");
    for other in [
        "post.channel = slack",
        "post.channel includes any: [slack]",
        "post.channel has any: slack",
        "post.channel is any of: [slack]",
    ] {
        assert_eq!(line(other), is, "{other}");
    }
    assert_eq!(line("post.channel != slack"), line("post.channel is not slack"));
    assert_eq!(
        line("post.channel includes none: [slack, email]"),
        line("post.channel is none of [slack, email]")
    );
}
