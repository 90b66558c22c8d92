//! Limits, ends, reviews and the share that is left alone.

use super::values::{self, Item};
use crate::finding::{At, Finding, nearest};
use crate::length::{Unit, brief};
use crate::rule::{Ending, Limit, Rule};
use crate::schedule::{Each, SCHEDULE, Schedule};
use crate::yaml::{Data, Node};

fn text(node: &Node, findings: &mut Vec<Finding>) -> Option<String> {
    let written = node.written().filter(|written| !written.is_empty());
    if written.is_none() {
        let message = format!("Here is {}; one line of text is needed.", node.kind());
        findings.push(Finding::error(node.at, message));
    }
    written
}

/// `day at 9:00`, `Monday at 9:00`, `month on day 1 at 9:00`.
pub(super) fn every(node: &Node, findings: &mut Vec<Finding>) -> Option<Schedule> {
    let written = text(node, findings)?;
    let read = Schedule::read(&written);
    if read.is_none() {
        let message = format!(
            "\"{}\" is no time of a schedule. Write \"day at 9:00\", \"Monday at 9:00\" or \"month on day 1 at 9:00\" (day 1 to 28).",
            brief(&written)
        );
        findings.push(Finding::error(node.at, message).meaning(Schedule::meant(&written)));
    }
    read
}

/// `member` or `thread`.
pub(super) fn each(node: &Node, findings: &mut Vec<Finding>) -> Option<Each> {
    let written = text(node, findings)?;
    let read = Each::read(&written);
    if read.is_none() {
        let message =
            format!("\"{}\" cannot be gone through one by one: \"member\" or \"thread\".", brief(&written));
        findings.push(Finding::error(node.at, message).meaning(nearest(&written, ["member", "thread"])));
    }
    read
}

/// A schedule has its time and whom it looks at, and nothing else has.
pub(super) fn scheduled(rule: &Rule, at: At, findings: &mut Vec<Finding>) {
    let on_schedule = rule.when.iter().any(|event| event == SCHEDULE);
    let mut add = |message: &str, meant: &str| {
        findings.push(
            Finding::error(if rule.places.when.line == 0 { at } else { rule.places.when }, message)
                .meaning(Some(meant)),
        );
    };
    match (on_schedule, rule.every, rule.each) {
        (true, None, _) if rule.places.every.line == 0 => {
            add("A rule on a schedule says at which time: add \"every:\".", "every: Monday at 9:00");
        }
        (true, Some(_), None) if rule.places.each.line == 0 => {
            add(
                "A rule on a schedule says what it looks at: add \"for each:\" member or thread.",
                "for each: member",
            );
        }
        (true, Some(_), Some(_)) if rule.when.len() > 1 => {
            add(
                "A rule on a schedule has no other event. Write a second rule for the others.",
                "when: schedule",
            );
        }
        (false, Some(_), _) | (false, _, Some(_)) if !rule.when.is_empty() => {
            add("\"every\" and \"for each\" are for a rule on a schedule.", "when: schedule");
        }
        _ => {}
    }
}

/// `20 per hour`, `2 requests per person per week`, or a list of such.
pub(super) fn limits(node: &Node, findings: &mut Vec<Finding>) -> Vec<Limit> {
    let nodes = match &node.data {
        Data::List(nodes) if nodes.len() <= 8 => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    nodes
        .iter()
        .filter_map(|node| {
            let written = text(node, findings)?;
            limit(&written, node.inside(), findings)
        })
        .collect()
}

/// Words that may stand behind the number of a limit.
const NOUNS: [&str; 6] = ["times", "actions", "requests", "messages", "items", "members"];

fn limit(written: &str, at: At, findings: &mut Vec<Finding>) -> Option<Limit> {
    let words: Vec<&str> = written.split_whitespace().collect();
    let words = words.strip_prefix(["at", "most"].as_slice()).unwrap_or(&words);
    let (parts, unit) = match words {
        [parts @ .., "per", unit] => (parts, Unit::read(unit)),
        _ => (words, None),
    };
    let (parts, per_person) = match parts {
        [parts @ .., "per", "person" | "member"] => (parts, true),
        _ => (parts, false),
    };
    let (count, noun) = match parts {
        [count] => (count.parse::<u32>().ok(), None),
        [count, noun] => (count.parse::<u32>().ok(), Some(*noun)),
        _ => (None, None),
    };
    if let Some(noun) = noun.filter(|noun| !NOUNS.contains(noun)) {
        let message = format!("\"{}\" is not something a limit counts: {}.", brief(noun), NOUNS.join(", "));
        findings.push(Finding::error(at, message).meaning(nearest(noun, NOUNS)));
        return None;
    }
    match (count, unit) {
        (Some(count @ 1..=1_000_000), Some(per)) if !per.is_business() => {
            Some(Limit { count, noun: noun.map(str::to_owned), per_person, per })
        }
        _ => {
            let message = format!(
                "\"{}\" is not a limit. Write a number, \"per\", and hour, day or week.",
                brief(written)
            );
            findings.push(Finding::error(at, message).meaning(Some("20 per hour")));
            None
        }
    }
}

/// `never`, `in 90 days`, `2026-12-01`.
pub(super) fn ending(node: &Node, key: &str, findings: &mut Vec<Finding>) -> Option<Ending> {
    let written = text(node, findings)?;
    end(&written, node.inside(), key, findings)
}

fn end(written: &str, at: At, key: &str, findings: &mut Vec<Finding>) -> Option<Ending> {
    let written = written.trim();
    if written == "never" {
        if key == "review" {
            findings.push(
                Finding::error(at, "Every rule is looked at again: write when.").meaning(Some("in 180 days")),
            );
            return None;
        }
        return Some(Ending::Never);
    }
    if let Some(rest) = written.strip_prefix("in ") {
        let length = values::length(
            &Item { at: at.right(3), written: rest.to_owned(), is_text: true, quoted: false },
            findings,
        )?;
        if length.unit.is_business() || length.amount == 0 || length.millis() > Some(3_660 * 86_400_000) {
            findings.push(
                Finding::error(at, "Write days or weeks, at most ten years.").meaning(Some("in 90 days")),
            );
            return None;
        }
        return Some(Ending::In(length));
    }
    let date = date(written);
    if date.is_none() {
        let never = if key == "review" { "" } else { ", or \"never\"" };
        let message = format!(
            "\"{}\" is not a day. Write it like 2026-12-01, or \"in 90 days\"{never}.",
            brief(written)
        );
        findings.push(Finding::error(at, message).meaning(spoken_date(written)));
    }
    date
}

/// A day as people write it: `1 December 2026`, `December 1, 2026`, `31.12.2026`.
fn spoken_date(written: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let parts: Vec<String> = written
        .split(|sign: char| sign == '.' || sign == ',' || sign.is_whitespace())
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let month = |word: &str| MONTHS.iter().position(|known| word.starts_with(known)).map(|place| place + 1);
    let day = |word: &str| word.trim_end_matches(char::is_alphabetic).parse::<usize>().ok();
    let (day, month) = match (month(first), month(second)) {
        (Some(month), _) => (day(second)?, month),
        (None, Some(month)) => (day(first)?, month),
        (None, None) => (day(first)?, second.parse().ok()?),
    };
    let found = format!("{year}-{month:02}-{day:02}");
    date(&found).map(|_| found)
}

/// A day of the calendar, leap years counted.
fn date(written: &str) -> Option<Ending> {
    let shape =
        written.len() == 10 && written.bytes().enumerate().all(|(at, b)| matches!(at, 4 | 7) == (b == b'-'));
    if !shape {
        return None;
    }
    let mut parts = written.split('-');
    let (year, month, day): (i16, i8, i8) =
        (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i8::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1..=last).contains(&day) && year >= 1970).then_some(Ending::On(year, month, day))
}

/// `10 percent`: one to ninety.
pub(super) fn hold_out(node: &Node, findings: &mut Vec<Finding>) -> Option<u8> {
    let written = text(node, findings)?;
    percent(&written, node.inside(), findings)
}

fn percent(written: &str, at: At, findings: &mut Vec<Finding>) -> Option<u8> {
    let bare = written.trim();
    let number = bare.strip_suffix('%').or_else(|| bare.strip_suffix("percent"));
    let share =
        number.and_then(|number| number.trim().parse::<u8>().ok()).filter(|share| (1..=90).contains(share));
    if share.is_none() {
        let message = format!("\"{}\" is not a share of members: write 1 to 90 percent.", brief(written));
        findings.push(Finding::error(at, message).meaning(Some("10 percent")));
    }
    share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::length::Length;

    #[track_caller]
    fn check(written: &str, expect: Option<Ending>) {
        assert_eq!(end(written, At::default(), "expires", &mut Vec::new()), expect, "{written}");
    }

    #[test]
    fn days_are_days_of_the_calendar() {
        check("never", Some(Ending::Never));
        check("2026-12-01", Some(Ending::On(2026, 12, 1)));
        check("2028-02-29", Some(Ending::On(2028, 2, 29)));
        check("2026-02-29", None);
        check("2026-13-01", None);
        check("2026-1-1", None);
        check("+026-01-01", None);
        check("in 2 weeks", Some(Ending::In(Length { amount: 2, unit: Unit::Week })));
        check("in 0 days", None);
        check("soon", None);
    }

    #[test]
    fn limits_are_read_as_they_are_spoken() {
        for (written, expect) in [
            ("20 per hour", Some((20, false, Unit::Hour))),
            ("at most 2 requests per person per week", Some((2, true, Unit::Week))),
            ("3 per member per day", Some((3, true, Unit::Day))),
            ("20 hour", None),
            ("0 per hour", None),
            ("5 elephants per day", None),
            ("5 per business day", None),
        ] {
            let read = limit(written, At::default(), &mut Vec::new());
            assert_eq!(read.map(|limit| (limit.count, limit.per_person, limit.per)), expect, "{written}");
        }
    }
}
