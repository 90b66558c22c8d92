//! Reddit's AutoModerator: YAML documents. Its keys are those of Reddit's "full documentation" of AutoModerator.

use super::{Carried, Draft, any_of, item, test, words};
use crate::finding::Finding;
use crate::length::Length;
use crate::rule::{Amount, Condition, Given, Order, Quantity, Spot, Test, Way};
use crate::vocabulary::Vocabulary;
use crate::yaml::{self, Data, Node};

/// Turns AutoModerator rules into ours. `guideline` is cited by rules that restrict.
pub fn automoderator(text: &str, guideline: Option<&str>, vocabulary: &Vocabulary) -> Carried {
    let mut findings: Vec<Finding> = Vec::new();
    let documents = yaml::documents(text, &mut findings);
    let mut carried = Carried::default();
    for finding in findings {
        let why = finding.message;
        let (rule, what) = (format!("line {}", finding.at.line), "YAML".to_owned());
        carried.report.push(super::Note { rule, what, why, rule_left_out: true });
    }
    for document in documents {
        let Some(Node { data: Data::Map(pairs), at }) = document.root else { continue };
        let named = |key: &str| {
            pairs.iter().find(|(name, _)| name.text() == Some(key)).and_then(|(_, value)| value.written())
        };
        // A line of dashes or stars above a rule is no name.
        let plain = |comment: &String| {
            comment.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '(').trim().to_owned()
        };
        let comment =
            document.comments.iter().map(plain).find(|text| text.chars().any(char::is_alphanumeric));
        let name = comment.or_else(|| named("action_reason")).map(|name| crate::length::brief(&name));
        let mut draft =
            Draft::new(name.unwrap_or_else(|| format!("AutoModerator rule of line {}", at.line)), guideline);
        draft.rule.comments =
            document.comments.into_iter().filter(|line| line.chars().any(char::is_alphanumeric)).collect();
        convert(&mut draft, &pairs);
        carried.take(draft, vocabulary);
    }
    carried.finish(vocabulary)
}

fn convert(draft: &mut Draft, pairs: &[(Node, Node)]) {
    draft.rule.when = vec!["post published".to_owned()];
    let quotes = !pairs
        .iter()
        .any(|(key, value)| key.text() == Some("ignore_blockquotes") && value.data == Data::Flag(true));
    let mut exempt = true;
    for (key, value) in pairs {
        let name = key.written().unwrap_or_default();
        let single = value.written().unwrap_or_default();
        match name.as_str() {
            "type" => kind(draft, &single),
            "author" => author(draft, value),
            "reports" => reports(draft, &single),
            "is_edited" if value.data == Data::Flag(true) => draft.rule.when = vec!["post edited".to_owned()],
            "body_longer_than" | "body_shorter_than" => length(draft, &name, &single),
            "moderators_exempt" => exempt = value.data != Data::Flag(false),
            "ignore_blockquotes" => {}
            "priority" => {
                draft.note("priority", "here the more severe guideline wins, then the narrower scope");
            }
            "action" => action(draft, &single),
            "action_reason" | "report_reason" => {
                let reason = single.replace("{{", "").replace("}}", "");
                draft.rule.why.get_or_insert(reason.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            "set_locked" if value.data == Data::Flag(true) => {
                draft.note("set_locked", "a rule locks for at most 30 days here");
                let month = Length { amount: 30, unit: crate::Unit::Day };
                draft.act("lock for", vec![("for", Given::Length(month))]);
            }
            "modmail" => {
                draft.note("modmail", "the text is left out; the item in the inbox shows why");
                draft.act("open item", item("normal"));
            }
            "comment" | "message" => draft.note(&name, "make a template of it and add \"reply with\""),
            _ if SETTINGS.contains(&name.as_str()) => draft.note(&name, "there is nothing like it here"),
            _ => search(draft, &name, value, quotes),
        }
    }
    if exempt
        && draft.rule.then.iter().any(|step| step.actions().iter().any(|action| action.name != "open item"))
    {
        draft.rule.unless.push(test("author.is_staff", Test::IsSet));
    }
    if draft.rule.all.is_empty() && !draft.lost {
        draft.lose("its checks", "there are none, and a rule without a condition acts on everything");
    }
}

/// Settings that change what is done and not what matches.
const SETTINGS: [&str; 20] = [
    "comment_locked",
    "comment_stickied",
    "comment_subject",
    "message_subject",
    "modmail_subject",
    "set_flair",
    "overwrite_flair",
    "set_sticky",
    "set_nsfw",
    "set_spoiler",
    "set_contest_mode",
    "set_original_content",
    "set_suggested_sort",
    "set_unsticky",
    "set_post_crowd_control_level",
    "set_locked",
    "is_edited",
    "comment_reply",
    "ignore_reports",
    "discussion_type",
];

fn kind(draft: &mut Draft, kind: &str) {
    let reply = |draft: &mut Draft, positive: bool| {
        let is_reply = test("post.is_reply", Test::IsSet);
        draft.rule.all.push(if positive { is_reply } else { Condition::Not(Box::new(is_reply)) });
    };
    match kind {
        "any" => {}
        "comment" => reply(draft, true),
        "submission" | "text submission" => reply(draft, false),
        "link submission" => {
            draft.note(
                "type: link submission",
                "there are no link posts here: it means a first post with a link",
            );
            reply(draft, false);
            let one = Test::Compare(Order::AtLeast, Amount::Number(1.0));
            draft.rule.all.push(test("post.links.count", one));
        }
        _ => draft.lose(&format!("type: {kind}"), "there is no such kind of post here"),
    }
}

fn number(text: &str) -> Option<f64> {
    yaml::number(text.trim()).filter(|number| *number >= 0.0)
}

fn reports(draft: &mut Draft, single: &str) {
    match number(single) {
        Some(count) => {
            draft.rule.when = vec!["flag".to_owned()];
            draft.rule.all.push(test("flag.count", Test::Compare(Order::AtLeast, Amount::Number(count))));
        }
        None => draft.lose("reports", "it is not a number"),
    }
}

fn length(draft: &mut Draft, name: &str, single: &str) {
    let Some(count) = number(single) else { return draft.lose(name, "it is not a number") };
    draft.note(name, "spaces and punctuation around the text are counted here");
    let order = if name == "body_longer_than" { Order::More } else { Order::Less };
    draft.rule.all.push(test("post.length", Test::Compare(order, Amount::Number(count))));
}

fn action(draft: &mut Draft, action: &str) {
    match action {
        "remove" => draft.act("hide until reviewed", Vec::new()),
        "spam" => {
            draft.act("hide until reviewed", Vec::new());
            draft.note("action: spam", "it is hidden until a person has seen it; it does not train a filter");
        }
        "filter" => draft.act("hold for review", Vec::new()),
        "report" => draft.act("open item", item("normal")),
        "approve" => {
            draft.lose("action: approve", "a rule here cannot approve; \"allow\" lifts guidelines by name");
        }
        _ => draft.lose(&format!("action: {action}"), "I do not know this action"),
    }
}

/// `< 2 days`, `> 100`, `30 days` (at least).
fn compared(single: &str) -> (Order, &str) {
    let single = single.trim();
    for (sign, order) in [
        ("<=", Order::AtMost),
        (">=", Order::AtLeast),
        ("<", Order::Less),
        (">", Order::More),
        ("=", Order::Equal),
        ("==", Order::Equal),
    ] {
        if let Some(rest) = single.strip_prefix(sign) {
            return (order, rest.trim());
        }
    }
    (Order::Equal, single)
}

fn author(draft: &mut Draft, value: &Node) {
    let pairs = match &value.data {
        Data::Map(pairs) => pairs.as_slice(),
        _ => return search(draft, "author_name", value, true),
    };
    let any = pairs
        .iter()
        .any(|(key, value)| key.text() == Some("satisfy_any_threshold") && value.data == Data::Flag(true));
    let mut thresholds = Vec::new();
    for (key, value) in pairs {
        let name = key.written().unwrap_or_default();
        let single = value.written().unwrap_or_default();
        match name.as_str() {
            "satisfy_any_threshold" => {}
            "account_age" => thresholds.extend(age(draft, &single)),
            "post_karma" | "comment_karma" | "combined_karma" | "combined_subreddit_karma" => {
                thresholds.extend(karma(draft, &name, &single));
            }
            "is_moderator" => {
                let staff = test("author.is_staff", Test::IsSet);
                match value.data {
                    Data::Flag(true) => draft.rule.all.push(staff),
                    Data::Flag(false) => draft.rule.all.push(Condition::Not(Box::new(staff))),
                    _ => draft.lose(&name, "it is neither true nor false"),
                }
            }
            _ if is_name(name.trim_start_matches('~')) => {
                search(draft, &name.replacen("name", "author_name", 1), value, true);
            }
            _ => draft.lose(&format!("author: {name}"), "it is not known about authors here"),
        }
    }
    if any {
        draft.rule.all.extend(any_of(thresholds));
    } else {
        draft.rule.all.extend(thresholds);
    }
}

/// `name`, with modifiers behind it or without.
fn is_name(key: &str) -> bool {
    key.strip_prefix("name").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '(', '#']))
}

fn age(draft: &mut Draft, single: &str) -> Option<Condition> {
    let (order, rest) = compared(single);
    let unit = if yaml::number(rest).is_some() { format!("{rest} days") } else { rest.to_owned() };
    let read = Length::read(&unit).or_else(|(_, meant)| Length::read(&meant.unwrap_or_default()));
    match read {
        Ok(length) => {
            draft.note(
                "account_age",
                "there it is the age of the account at Reddit; here the time since joining",
            );
            Some(test("author.age", Test::Compare(order, Amount::Length(length))))
        }
        Err((message, _)) => {
            draft.lose("account_age", &message);
            None
        }
    }
}

fn karma(draft: &mut Draft, name: &str, single: &str) -> Option<Condition> {
    let (order, rest) = compared(single);
    let Some(count) = number(rest) else {
        draft.lose(name, "karma below zero does not exist here");
        return None;
    };
    draft.note(name, "there is no karma here; received reactions stand in for it. Look at the number again");
    Some(test("author.reactions", Test::Compare(order, Amount::Number(count))))
}

/// `~title+body (includes, case-sensitive)#2`: a search in one or several fields.
fn search(draft: &mut Draft, name: &str, value: &Node, quotes: bool) {
    let name = name.split('#').next().unwrap_or_default().trim();
    let (fields, options) = match name.split_once('(') {
        Some((fields, options)) => (fields.trim(), options.trim_end_matches(')')),
        None => (name, ""),
    };
    let (negated, fields) = match fields.strip_prefix('~') {
        Some(rest) => (true, rest),
        None => (false, fields),
    };
    let Some(list) = texts(value) else {
        let group = matches!(value.data, Data::Map(_));
        let why = if group { "there is no such group of checks here" } else { "nothing is looked for there" };
        return draft.lose(name, why);
    };
    let (mut way, mut regex) = (Way { quotes, code: true, ..Way::default() }, false);
    for option in options.split(',').map(str::trim).filter(|option| !option.is_empty()) {
        match option {
            "includes-word" => way.spot = Spot::Word,
            "includes" => way.spot = Spot::Anywhere,
            "starts-with" => way.spot = Spot::Starts,
            "ends-with" => way.spot = Spot::Ends,
            "full-exact" | "full-text" => way.spot = Spot::Exact,
            "regex" => regex = true,
            "case-sensitive" => way.case = true,
            _ => return draft.lose(option, "I do not know this modifier"),
        }
    }
    let mut found = Vec::new();
    for field in fields.split('+').map(str::trim) {
        match field {
            "title" => found.extend(looked_for("post.title", way, regex, &list)),
            "body" => found.extend(looked_for("post.text", way, regex, &list)),
            "author_name" => found.extend(looked_for("author.name", way, regex, &list)),
            "url" if regex || way.spot == Spot::Anywhere => {
                draft.note("url", "links are looked for in the text of the post");
                found.extend(looked_for("post.text", way, regex, &list));
            }
            "domain" | "url" if !regex => {
                let hosts =
                    list.iter().flat_map(|host| [host.to_lowercase(), format!("*.{}", host.to_lowercase())]);
                found.push(test("post.links.domains", Test::Members(Quantity::Any, true, hosts.collect())));
            }
            _ => return draft.lose(field, "posts have no such part here"),
        }
    }
    let Some(condition) = any_of(found) else { return draft.lose(name, "nothing is looked for") };
    draft.rule.all.push(if negated { Condition::Not(Box::new(condition)) } else { condition });
}

fn looked_for(field: &str, way: Way, regex: bool, list: &[String]) -> Vec<Condition> {
    if regex {
        let way = Way { spot: Spot::Word, ..way };
        return vec![test(field, Test::Regex(way, list.to_vec()))];
    }
    // A star is a star there.
    let (stars, plain): (Vec<String>, Vec<String>) =
        list.iter().cloned().partition(|word| word.contains('*'));
    let mut found = words(field, way, &plain);
    if !stars.is_empty() {
        found.push(test(field, Test::Words(Quantity::Any, way, stars)));
    }
    found
}

fn texts(value: &Node) -> Option<Vec<String>> {
    let nodes = match &value.data {
        Data::List(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let mut found: Vec<String> = Vec::new();
    for text in nodes.iter().map(Node::written) {
        let text = text.filter(|text| !text.trim().is_empty())?;
        if !found.contains(&text) {
            found.push(text);
        }
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEIRS: &str = "# Link spam by new accounts\n\
        type: any\nbody (includes-word): [cheap meds, 'free crypto']\n\
        author:\n    account_age: \"< 2 days\"\n    combined_karma: \"< 10\"\n    satisfy_any_threshold: true\n\
        action: filter\naction_reason: \"spam words: {{match}}\"\npriority: 5\n\
        ---\n\
        type: submission\ntitle+body (regex, case-sensitive): ['\\bWTS\\b']\n~domain: [example.com]\n\
        moderators_exempt: false\naction: remove\ncomment: Please read the rules.\n\
        ---\n\
        flair_text: [x]\naction: remove\n\
        ---\n\
        body (regex): ['(?<=a)b']\naction: report\n\
        ---\n\
        reports: 3\naction: report\n";

    #[test]
    fn automoderator_rules_become_ours() {
        let carried = automoderator(THEIRS, Some("no-spam"), Vocabulary::standard());
        let expect = "# Link spam by new accounts\nrule: Link spam by new accounts\nwhy: \"spam words: match\"\nguideline: no-spam\n\
            when: post published\nif:\n  - post.text has any (with quotes, with code): [\"cheap meds\", \"free crypto\"]\n  \
            - author.age < 2 days or author.reactions < 10\nunless:\n  - author.is_staff\nthen:\n  - hold for review\n---\n\
            rule: AutoModerator rule of line 12\nguideline: no-spam\nwhen: post published\nif:\n  - not post.is_reply\n  \
            - post.title matches regex (case, with quotes, with code) [\"\\\\bWTS\\\\b\"] or post.text matches regex (case, with quotes, with code): '\\bWTS\\b'\n  \
            - not post.links.domains includes any: [example.com, \"*.example.com\"]\nthen:\n  - hide until reviewed\n---\n\
            rule: AutoModerator rule of line 25\nguideline: no-spam\nwhen: flag\nif:\n  - flag.count >= 3\nthen:\n  - open item: {urgency: normal}\n";
        assert_eq!(carried.text, expect);
        let report: Vec<String> =
            carried.report.iter().map(|note| format!("{}: {}", note.rule, note.what)).collect();
        let told = |what: &str| report.iter().any(|line| line.ends_with(what));
        for what in [
            "account_age",
            "combined_karma",
            "priority",
            ": comment",
            "flair_text",
            "the rule as it would be here",
        ] {
            assert!(told(what), "{what} in {report:#?}");
        }
        assert_eq!(carried.report.iter().filter(|note| note.rule_left_out).count(), 2);
    }
}
