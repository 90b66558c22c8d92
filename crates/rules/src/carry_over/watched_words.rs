//! Discourse's watched words: a CSV of words, one rule here for each action.
//!
//! Read are the columns `word`, `action`, `replacement` and `case_sensitive` by their header, or, without one, the
//! columns of a download of one action: word, replacement, case.

use std::collections::BTreeMap;

use super::{Carried, Draft, item, words};
use crate::rule::{Given, Way};
use crate::vocabulary::Vocabulary;

struct Row {
    word: String,
    action: String,
    replacement: String,
    case: bool,
}

/// Turns watched words into rules. `action` is that of the file when its rows do not say; `guideline` is cited by
/// rules that restrict.
pub fn watched_words(csv: &str, action: &str, guideline: Option<&str>, vocabulary: &Vocabulary) -> Carried {
    let rows = match rows(csv, action) {
        Ok(rows) => rows,
        Err(why) => return Carried::unreadable(why),
    };
    let mut groups: BTreeMap<(String, String, bool), Vec<String>> = BTreeMap::new();
    for row in rows {
        let tag = if row.action == "tag" { row.replacement } else { String::new() };
        groups.entry((row.action, tag, row.case)).or_default().push(row.word);
    }
    let mut carried = Carried::default();
    for ((action, tag, case), list) in groups {
        // A rule's list is bounded: a long one becomes several rules.
        for (part, chunk) in list.chunks(1_500).enumerate() {
            let more = if part == 0 { String::new() } else { format!(", part {}", part + 1) };
            let capitals = if case { ", capitals as written" } else { "" };
            let name = format!("Watched words: {}{capitals}{more}", action.replace('_', " "));
            let mut draft = Draft::new(name, guideline);
            draft.rule.when = vec!["post published".to_owned(), "post edited".to_owned()];
            let way = Way { case, quotes: true, code: true, ..Way::default() };
            if case && chunk.iter().any(|word| word.contains('*')) {
                draft.note("words with *", "capitals do not matter here in words with a star");
            }
            let mut found = words("post.text", way, chunk);
            if found.len() > 1 {
                draft.rule.any = found;
            } else {
                draft.rule.all.extend(found.pop());
            }
            act(&mut draft, &action, &tag);
            carried.take(draft, vocabulary);
        }
    }
    carried.finish(vocabulary)
}

fn act(draft: &mut Draft, action: &str, tag: &str) {
    match action {
        "block" => {
            draft.note("block", "there the post is refused; here it is held until a person has seen it");
            draft.act("hold for review", Vec::new());
        }
        "require_approval" => draft.act("hold for review", Vec::new()),
        "flag" => draft.act("open item", item("normal")),
        "silence" => {
            draft.note("silence", "there the account is silenced; here its posts need approval for a week");
            draft.act("hold for review", Vec::new());
            let week = crate::Length { amount: 7, unit: crate::Unit::Day };
            draft.act("require approval for", vec![("for", Given::Length(week))]);
        }
        "tag" => {
            for name in tag.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                draft.act("add tag", vec![("tag", Given::Word(name.to_owned()))]);
            }
        }
        "censor" | "replace" | "link" => draft.lose(action, "rules here do not change what somebody wrote"),
        _ => draft.lose(action, "I do not know this action of watched words"),
    }
}

fn rows(csv: &str, action: &str) -> Result<Vec<Row>, String> {
    let mut records = records(csv)?.into_iter().peekable();
    let known = ["word", "action", "replacement", "case_sensitive"];
    let lower = |text: &String| text.trim().to_lowercase().replace(' ', "_");
    let header = records.next_if(|record| record.first().map(lower).as_deref() == Some("word"));
    let columns: Vec<String> = match header {
        Some(header) => header.iter().map(lower).collect(),
        None => ["word", "replacement", "case_sensitive"].map(str::to_owned).to_vec(),
    };
    let column = |name: &str| columns.iter().position(|column| column == name);
    let places = known.map(column);
    let mut rows = Vec::new();
    for record in records {
        let cell = |place: Option<usize>| {
            place.and_then(|at| record.get(at)).map(|cell| cell.trim().to_owned()).unwrap_or_default()
        };
        let [word, own, replacement, case] = places.map(cell);
        if word.is_empty() {
            continue;
        }
        let case = matches!(case.to_lowercase().as_str(), "true" | "1" | "t" | "case-sensitive");
        let action = if own.is_empty() { action.to_owned() } else { own.to_lowercase().replace(' ', "_") };
        rows.push(Row { word, action, replacement, case });
    }
    Ok(rows)
}

/// Records of a CSV with quotes, at most a million cells.
fn records(csv: &str) -> Result<Vec<Vec<String>>, String> {
    let mut records = Vec::new();
    let mut record: Vec<String> = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut letters = csv.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            other => cell.push(other),
        }
        if records.len() > 200_000 {
            return Err("more than 200000 words are not read".to_owned());
        }
    }
    if quoted {
        return Err("a quote in the file is never closed".to_owned());
    }
    if !cell.is_empty() || !record.is_empty() {
        record.push(cell);
        records.push(record);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watched_words_become_rules() {
        let csv = "word,action,replacement,case_sensitive\nfree money,block,,false\ncasi*,block,,\nACME,flag,,true\n\
                   beta,tag,\"beta-test,labs\",\ndarn,censor,,\n\"say \"\"hi\"\"\",block,,\nfree money,block,,\n";
        let carried = watched_words(csv, "block", Some("no-spam"), Vocabulary::standard());
        let expect = "rule: \"Watched words: block\"\nguideline: no-spam\nwhen: [post published, post edited]\nif any:\n  \
                      - post.text has any (with quotes, with code): [\"free money\", \"say \\\"hi\\\"\"]\n  \
                      - post.text matches (with quotes, with code): [\"casi*\"]\nthen:\n  - hold for review\n---\n\
                      rule: \"Watched words: flag, capitals as written\"\nguideline: no-spam\nwhen: [post published, post edited]\n\
                      if:\n  - post.text has any (case, with quotes, with code): [ACME]\nthen:\n  - open item: {urgency: normal}\n---\n\
                      rule: \"Watched words: tag\"\nguideline: no-spam\nwhen: [post published, post edited]\nif:\n  \
                      - post.text has any (with quotes, with code): [beta]\nthen:\n  - add tag: beta-test\n  - add tag: labs\n";
        assert_eq!(carried.text, expect);
        let lost: Vec<&str> =
            carried.report.iter().filter(|note| note.rule_left_out).map(|note| note.rule.as_str()).collect();
        assert_eq!(lost, ["Watched words: censor"]);
        let one = watched_words("spam\nscam\n", "require_approval", Some("g"), Vocabulary::standard());
        assert_eq!((one.rules.len(), one.report.len()), (1, 0));
        assert!(
            watched_words("\"open", "flag", None, Vocabulary::standard()).report[0]
                .why
                .contains("never closed")
        );
    }
}
