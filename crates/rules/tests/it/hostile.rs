//! Nothing that is typed or posted brings the language down.

use mainstreet_kernel::Role;
use mainstreet_rules::{
    Names, Passage, RuleSet, Setting, Snapshot, Value, Vocabulary, carry_over, examine, examine_segments,
    from_form, print_all, print_segment, read, read_segments, segment_from_form, to_form,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const SOUND: &str = "rule: a\nguideline: g\nwhen: [flag, post published]\nif:\n  - post.text has any (loose): [x, \"y z\"]\n  \
                     - not (author.age < 2 days or times(flag on post, 1 hour) > 3)\nthen:\n  - slow mode: 1 minute for 1 hour\n  \
                     - after 2 business days without reply: {open item: {urgency: low}}\nlimit: 3 per day\n\
                     examples: {match: [x], no match: [{post.text: q, author.age: 1 day}]}\n";

fn look(text: &str) {
    let names = Names::default().with("tags", ["a"]);
    let setting = Setting { vocabulary: Vocabulary::standard(), names: &names, role: Role::Moderator };
    let reading = examine(text, &setting);
    let lines = u32::try_from(text.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count() + 2)
        .unwrap_or(u32::MAX);
    for finding in &reading.findings {
        assert!(
            finding.at.line <= lines && !finding.message.is_empty() && finding.message.len() < 2_000,
            "{finding}"
        );
    }
    let again = read(&print_all(&reading.rules, setting.vocabulary), setting.vocabulary);
    assert_eq!(again.rules, reading.rules);
    for rule in &reading.rules {
        assert_eq!(from_form(&to_form(rule), setting.vocabulary).as_ref(), Ok(rule), "{text}");
    }
    let segments = examine_segments(text, &setting);
    for segment in &segments.rules {
        let again = read_segments(&print_segment(segment), setting.vocabulary);
        assert_eq!((again.rules.first(), &again.findings), (Some(segment), &Vec::new()), "{text}");
        assert_eq!(segment_from_form(&to_form(segment), setting.vocabulary).as_ref(), Ok(segment), "{text}");
    }
}

/// The rules of the guide: what people will copy and change.
const GUIDE: &str = include_str!("../../../../docs/guide/rules.md");

fn samples() -> Vec<&'static str> {
    let blocks = GUIDE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.chain([SOUND, SEGMENT, SCHEDULED]).collect()
}

const SEGMENT: &str = "segment: \"people who help\"\nwhy: x\nif:\n  - author.posts > 3 or times(post by author, 30 days) >= 2\n\
                       unless:\n  - author.labels includes any: [watch, \"two words\"]\n";
const SCHEDULED: &str = "rule: Quiet\nwhen: schedule\nevery: Monday at 09:00\nfor each: member\nif:\n  - author.age > 7 days\n  \
                         - author.posts = 0\nthen:\n  - add to sequence: welcome\n";

/// Something done to a text, as an editor, a mail program or somebody with bad intent would do it.
fn spoil(text: &str, how: usize, at: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let line = lines.get(at % lines.len().max(1)).copied().unwrap_or_default();
    let with = |put: &str| text.replacen(line, put, 1);
    match how {
        0 => text.replace('\n', "\r\n"),
        1 => text.replace('\n', "\r"),
        2 => format!("\u{feff}{text}"),
        3 => with(&format!("{line}\n{line}")),
        4 => with(&line.replace("  ", "\t")),
        5 => with(&format!("{line}\u{0}")),
        6 => with(&line.replace('e', "\u{435}").replace('a', "\u{430}")),
        7 => with(&line.replace(": ", ":")),
        8 => with(&line.replace(": ", ": &a ")),
        9 => with(&line.replace(": ", ": *a ")),
        10 => with(&line.replace(": ", ": !!binary ")),
        11 => with(&format!("{line} \"\\ud800\"")),
        12 => with(&format!("{line}{}", "[".repeat(200))),
        13 => with(&format!("{line}{}", "{a: ".repeat(200))),
        14 => with(&format!("{line}{}", " x".repeat(500))),
        15 => with(&line.replace('-', "\u{2013}").replace('"', "\u{201c}")),
        16 => with(&line.chars().rev().collect::<String>()),
        17 => text.chars().take(at * 7).collect(),
        18 => format!("{text}---\n{text}"),
        19 => with(&format!("{line}\u{202e}\u{2066}")),
        20 => with(&format!(" {line}")),
        _ => with(line.trim_start()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_harm(text in "\\PC{0,200}") {
        look(&text);
    }

    #[test]
    fn any_pieces_of_the_language_are_read_without_harm(
        pieces in vec(select(vec![
            "rule", "if", "if any", "then", "when", "- ", ": ", "\n", "\n  ", "[", "]", "{", "}", "(", ")", ",", "\"", "'",
            "&a", "*a", "!t", "#", "---\n", "|", ">", "not", "and", "or", "post.text", "has any", "matches regex",
            "times", "distinct", "flag on post", "1 day", "<", "author.age", "hide until reviewed", "after ", "\t",
            "\u{feff}", "\u{0}", "ä", "999999999999999999999", "-1", "1e400", "examples", "match", "limit", "per",
        ]), 0..60)
    ) {
        look(&pieces.concat());
    }

    #[test]
    fn any_foreign_rules_are_taken_over_without_harm(
        pieces in vec(select(vec![
            "type: any\n", "title (regex): [a", "]\n", "~body+title: x\n", "author:\n  account_age: '< 2 days'\n", "action: remove\n", "---\n",
            "reports: 2\n", "[{\"trigger_type\": 1, ", "\"trigger_metadata\": {\"keyword_filter\": [\"*\", \"a*\"]}}", "]", ",", "\"", "\n", "word,action\n",
            "spam,block,,true\n", "*,flag\n", "a", "\u{feff}", "é", ": ", "priority: x\n", "body_longer_than: -1\n", "set_locked: true\n",
        ]), 0..30)
    ) {
        let (text, words) = (pieces.concat(), Vocabulary::standard());
        for carried in [
            carry_over::automoderator(&text, Some("g"), words),
            carry_over::discord(&text, None, words),
            carry_over::watched_words(&text, "block", Some("g"), words),
        ] {
            if carried.text.is_empty() {
                continue;
            }
            let again = read(&carried.text, words);
            prop_assert_eq!(&again.findings, &[], "{}", carried.text);
            prop_assert_eq!(again.rules, carried.rules);
        }
    }

    #[test]
    fn what_people_copy_and_spoil_is_read_without_harm(
        sample in 0_usize..6, ways in vec((0_usize..22, 0_usize..30), 1..4)
    ) {
        let samples = samples();
        let text = samples.get(sample % samples.len()).copied().unwrap_or_default().to_owned();
        look(&ways.into_iter().fold(text, |text, (how, at)| spoil(&text, how, at)));
    }

    #[test]
    fn a_damaged_rule_is_read_without_harm(at in 0_usize..400, cut in 0_usize..30, put in "\\PC{0,8}") {
        let start = SOUND.char_indices().map(|(at, _)| at).rfind(|place| *place <= at).unwrap_or(0);
        let end = (start + cut).min(SOUND.len());
        if let (Some(head), Some(tail)) = (SOUND.get(..start), SOUND.get(end..)) {
            look(&format!("{head}{put}{tail}"));
        }
    }

    #[test]
    fn any_post_is_searched_without_harm(text in "[\\PC\\x00-\\x1f\u{300}-\u{310}`>*]{0,300}", word in "\\PC{1,10}") {
        let rule = format!(
            "rule: a\nwhen: flag\nif any:\n  - post.text has any (loose): [x]\n  - post.text matches: ['a*b', 'q?']\n  - \
             post.text matches regex: '(a+)+$'\n  - post.text has any (anywhere, case): [{}]\nthen: allow\n",
            serde_word(&word)
        );
        let reading = read(&rule.replace("then: allow", "then: {allow: [g]}"), Vocabulary::standard());
        let set = RuleSet::new(reading.rules);
        for passage in [Passage::markdown(text.clone()), Passage::plain(text.clone())] {
            let facts = Snapshot::default().with("post.text", Value::Text(passage));
            let outcome = set.look("flag", &facts).explain(0);
            for span in outcome.iter().flat_map(|outcome| &outcome.trace.parts).flat_map(|part| &part.parts).flat_map(|part| &part.spans) {
                prop_assert!(text.get(span.start..span.end).is_some());
            }
        }
    }
}

fn serde_word(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

#[test]
fn what_is_too_large_is_refused_in_a_sentence() {
    let said = |text: &str| {
        let findings = read(text, Vocabulary::standard()).findings;
        findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert!(said(&"a".repeat(5_000_000)).contains("too long"));
    assert!(said(&"[".repeat(100_000)).contains("cannot be read"));
    assert!(said(&format!("rule: {}", "x".repeat(1_000))).contains("too long"));
    assert!(said(&"rule: a\n---\n".repeat(6_000)).contains("At most 5000 rules"));
    assert!(
        said(&format!("rule: a\nif: ['{}author.is_staff']", "not ".repeat(500)))
            .contains("too many brackets")
    );
    assert!(said(&format!("rule: a\nif: [{}]", "always, ".repeat(200))).contains("At most 100"));
    let list = (0..3_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(", ");
    assert!(said(&format!("rule: a\nif:\n  - post.text has any: [{list}]")).contains("at most 2000"));
    let many = format!("a: [{}]", "1, ".repeat(30_000));
    assert!(said(&many).contains("at most 20000 values"));
}

/// What a file that is meant to do harm looks like, and that it is read once, with a sentence about it.
#[test]
fn a_file_that_means_harm_is_answered_with_a_sentence() {
    let laughs = (0..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        let inner = (0..9).map(|_| format!("*a{n}")).collect::<Vec<_>>().join(", ");
        format!("{text}a{0}: &a{0} [{inner}]\n", n + 1)
    });
    let pattern = |pattern: &str| {
        format!("rule: a\nwhen: flag\nif:\n  - post.text matches regex: '{pattern}'\nthen: {{allow: [g]}}\n")
    };
    let cases = [
        (laughs, "\"*\" stands in quotes"),
        ("x".repeat(1_000_000), "Here is a text"),
        (format!("rule: {}\n", "y".repeat(1_000_000)), "too long"),
        (format!("rule: a\nif: [{}]\n", "author.posts > 1 and ".repeat(40_000)), "too long"),
        (format!("rule: a\nif: ['{}']\n", "(".repeat(1_000_000)), "too long"),
        (format!("rule: a\nif:\n  - post.text has any: [{}]\n", "q".repeat(1_000_000)), "too long"),
        (format!("{}\n", "- ".repeat(100_000)), "cannot be read"),
        ((0..200).map(|n| format!("{}a:\n", " ".repeat(n))).collect(), "cannot be read"),
        ("rule: a\nrule: b\n".to_owned(), "stands here twice"),
        ("rule: \"\\ud800\"\n".to_owned(), "cannot be read"),
        ("rule: \"a\\0b\"\n".to_owned(), "a sign nobody sees"),
        ("r\u{fc}le: a\n".to_owned(), "Did you mean \"rule\""),
        ("rul\u{435}: a\n".to_owned(), "Did you mean \"rule\""),
        (pattern("(a{1000}){1000}"), "too"),
        (pattern("((((((((((x{9}){9}){9}){9}){9}){9}){9}){9}){9}){9})"), "too"),
        (pattern("(?<=a)b"), "pattern"),
        (pattern("(a)\\1"), "pattern"),
        (pattern(&"(".repeat(10_000)), "too long"),
        (pattern(&format!("{}a{}", "(".repeat(450), ")".repeat(450))), "too long"),
        (String::new(), "There is no rule in this text"),
        ("# only a comment\n".to_owned(), "There is no rule in this text"),
        ("---\n---\n".to_owned(), "a rule begins with"),
    ];
    for (text, expect) in cases {
        let reading = read(&text, Vocabulary::standard());
        let said: Vec<String> = reading.findings.iter().map(ToString::to_string).collect();
        assert!(reading.rules.is_empty(), "{text:.80}");
        assert!(said.iter().any(|one| one.contains(expect)), "{text:.80}: {:.2000}", said.join(" "));
        assert!(reading.findings.iter().all(|one| one.at.line > 0), "{}", said.join(" "));
    }
}

#[test]
fn conditions_with_many_alternatives_are_still_checked() {
    let both = (0..30)
        .map(|n| format!("  - author.posts = {n} or thread.replies = {n}"))
        .collect::<Vec<_>>()
        .join("\n");
    look(&format!("rule: a\nwhen: flag\nif:\n{both}\nthen: {{allow: [g]}}\n"));
}

#[test]
fn long_hostile_posts_are_searched_in_one_pass() {
    let rule = "rule: a\nwhen: flag\nif any:\n  - post.text matches regex: '(a+)+$'\n  - post.text has any (anywhere): [a, aa, aaa, aaaa]\n\
                then: {allow: [g]}\n";
    let set = RuleSet::new(read(rule, Vocabulary::standard()).rules);
    for text in [
        "a".repeat(300_000) + "!",
        "`".repeat(300_000),
        "> ".repeat(150_000),
        "a\u{301}".repeat(100_000),
        "\u{301}".repeat(300_000),
    ] {
        let facts = Snapshot::default().with("post.text", Value::Text(Passage::markdown(text)));
        assert!(set.look("flag", &facts).explain(0).is_some());
    }
}
