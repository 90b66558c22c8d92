//! Discord's AutoMod: the JSON of a server's rules as its API gives it.
//!
//! Trigger and action numbers are those of Discord's developer documentation, "Auto Moderation".

use serde_json::Value;

use super::{Carried, Draft, item, test, words};
use crate::length::{Length, Unit};
use crate::rule::{Amount, Given, Order, Test, Way};
use crate::vocabulary::Vocabulary;

/// Turns a server's AutoMod rules into ours. `guideline` is cited by rules that restrict.
pub fn discord(json: &str, guideline: Option<&str>, vocabulary: &Vocabulary) -> Carried {
    let read: Value = match serde_json::from_str(json) {
        Ok(read) => read,
        Err(error) => return Carried::unreadable(format!("this is not JSON: {error}")),
    };
    let rules = match &read {
        Value::Array(rules) => rules.as_slice(),
        Value::Object(_) => match read.get("auto_moderation_rules").and_then(Value::as_array) {
            Some(rules) => rules.as_slice(),
            None => std::slice::from_ref(&read),
        },
        _ => return Carried::unreadable("this is not a list of AutoMod rules".to_owned()),
    };
    let mut carried = Carried::default();
    for (place, rule) in rules.iter().enumerate() {
        let name = rule
            .get("name")
            .and_then(Value::as_str)
            .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
        let name =
            name.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("AutoMod rule {}", place + 1));
        let mut draft = Draft::new(name, guideline);
        if rule.get("enabled").and_then(Value::as_bool) == Some(false) {
            draft.note("enabled: false", "it was switched off there; leave it as a draft here");
        }
        trigger(&mut draft, rule);
        exemptions(&mut draft, rule);
        for action in rule.get("actions").and_then(Value::as_array).into_iter().flatten() {
            act(&mut draft, action);
        }
        carried.take(draft, vocabulary);
    }
    carried.finish(vocabulary)
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let list = value.get(key).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn trigger(draft: &mut Draft, rule: &Value) {
    let nothing = Value::Null;
    let data = rule.get("trigger_metadata").unwrap_or(&nothing);
    draft.rule.when = vec!["post published".to_owned(), "post edited".to_owned()];
    match rule.get("trigger_type").and_then(Value::as_u64) {
        Some(1) => keywords(draft, data, "post.text"),
        Some(6) => {
            draft.rule.when = vec!["member joined".to_owned()];
            draft.note(
                "member profile",
                "the shown name is looked at when somebody joins, not at every change",
            );
            keywords(draft, data, "author.name");
        }
        Some(3) => draft.lose("spam filter", "it is a model of Discord's; use signal.spam with a threshold"),
        Some(4) => {
            draft.lose("keyword preset", "the words of Discord's own lists are not public; give your own");
        }
        Some(5) => {
            let most = data
                .get("mention_total_limit")
                .and_then(Value::as_u64)
                .and_then(|most| u32::try_from(most).ok());
            match most {
                Some(most) => {
                    let more = Test::Compare(Order::More, Amount::Number(f64::from(most)));
                    draft.rule.all.push(test("post.mentions", more));
                }
                None => draft.lose("mention_total_limit", "it is missing"),
            }
            if data.get("mention_raid_protection_enabled").and_then(Value::as_bool) == Some(true) {
                draft.note("mention raid protection", "it watches a whole server; use calm mode here");
            }
        }
        _ => draft.lose("trigger_type", "I do not know this kind of trigger"),
    }
}

/// `*word*` stands anywhere, other stars for any letters; patterns are of the flavour that is used here too.
fn keywords(draft: &mut Draft, data: &Value, field: &str) {
    let inside = |word: &String| word.len() > 2 && word.starts_with('*') && word.ends_with('*');
    let (anywhere, rest): (Vec<String>, Vec<String>) =
        texts(data, "keyword_filter").into_iter().partition(inside);
    let anywhere: Vec<String> = anywhere.iter().map(|word| word.trim_matches('*').to_owned()).collect();
    let way = Way { quotes: true, code: true, ..Way::default() };
    draft.rule.any.extend(words(field, way, &rest));
    draft.rule.any.extend(words(field, Way { spot: crate::Spot::Anywhere, ..way }, &anywhere));
    let patterns = texts(data, "regex_patterns");
    if !patterns.is_empty() {
        draft.rule.any.push(test(field, Test::Regex(way, patterns)));
    }
    if draft.rule.any.is_empty() {
        draft.lose("keyword_filter", "there are no words or patterns in it");
    }
    let allowed = texts(data, "allow_list");
    if !allowed.is_empty() {
        draft.note(
            "allow_list",
            "there only the allowed words are passed over; here a text with one of them is",
        );
        draft.rule.unless.extend(words(field, way, &allowed));
    }
}

fn exemptions(draft: &mut Draft, rule: &Value) {
    let roles = texts(rule, "exempt_roles");
    let channels = texts(rule, "exempt_channels");
    if !roles.is_empty() {
        draft.note(
            "exempt_roles",
            "numbers of roles say nothing here: the team is spared instead. Until you name others, it matches more than \
             it did",
        );
        draft.rule.unless.push(test("author.is_staff", Test::IsSet));
    }
    if !channels.is_empty() {
        draft.note(
            "exempt_channels",
            "numbers of channels say nothing here and are left out. Until you spare a space with post.space, it matches \
             more than it did",
        );
    }
}

fn act(draft: &mut Draft, action: &Value) {
    let on_post = draft.rule.when.first().is_some_and(|event| event != "member joined");
    let data = action.get("metadata").unwrap_or(&Value::Null);
    match action.get("type").and_then(Value::as_u64) {
        Some(1) if on_post => {
            draft.note("block message", "there it is never shown; here it is hidden when it arrives");
            draft.act("hide until reviewed", Vec::new());
            if data.get("custom_message").and_then(Value::as_str).is_some() {
                draft.note("custom_message", "make a template of it and add \"reply with\"");
            }
        }
        Some(2) => draft.act("open item", item("normal")),
        Some(3) => {
            let seconds = data.get("duration_seconds").and_then(Value::as_u64).unwrap_or(60);
            let minutes = u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX).clamp(1, 28 * 1_440);
            let (amount, unit) = match minutes {
                _ if minutes % 1_440 == 0 => (minutes / 1_440, Unit::Day),
                _ if minutes % 60 == 0 => (minutes / 60, Unit::Hour),
                _ => (minutes, Unit::Minute),
            };
            draft.act("mute for", vec![("for", Given::Length(Length { amount, unit }))]);
        }
        Some(kind) => {
            let what = if kind == 4 { "block member interaction" } else { "an action" };
            draft.note(what, "there is no such action here; a person is asked instead");
            draft.act("open item", item("high"));
        }
        None => draft.note("an action", "its type is missing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automod_rules_become_ours() {
        let json = r#"[{"name": "Bad words", "enabled": true, "trigger_type": 1,
            "trigger_metadata": {"keyword_filter": ["badword", "*inside*", "start*"], "regex_patterns": ["b[4a]d+"], "allow_list": ["badminton"]},
            "actions": [{"type": 1, "metadata": {"custom_message": "No."}}, {"type": 3, "metadata": {"duration_seconds": 90}}],
            "exempt_roles": ["42"], "exempt_channels": []},
          {"name": "Presets", "trigger_type": 4, "actions": [{"type": 1}]},
          {"name": "Mentions", "trigger_type": 5, "trigger_metadata": {"mention_total_limit": 10}, "actions": [{"type": 2}]}]"#;
        let carried = discord(json, Some("be-kind"), Vocabulary::standard());
        let expect = "rule: Bad words\nguideline: be-kind\nwhen: [post published, post edited]\n\
                      if any:\n  - post.text has any (with quotes, with code): [badword]\n  \
                      - post.text matches (with quotes, with code): [\"start*\"]\n  \
                      - post.text has any (anywhere, with quotes, with code): [inside]\n  \
                      - post.text matches regex (with quotes, with code): 'b[4a]d+'\nunless:\n  \
                      - post.text has any (with quotes, with code): [badminton]\n  - author.is_staff\n\
                      then:\n  - hide until reviewed\n  - mute for: 2 minutes\n---\n\
                      rule: Mentions\nguideline: be-kind\nwhen: [post published, post edited]\nif:\n  \
                      - post.mentions > 10\nthen:\n  - open item: {urgency: normal}\n";
        assert_eq!(carried.text, expect);
        let lost: Vec<&str> =
            carried.report.iter().filter(|note| note.rule_left_out).map(|note| note.rule.as_str()).collect();
        assert_eq!(lost, ["Presets"]);
        assert!(discord("{", None, Vocabulary::standard()).report[0].why.contains("not JSON"));
    }
}
