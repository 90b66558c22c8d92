//! What came back: text that is not believed.

use std::collections::BTreeSet;

use serde::Deserialize;

/// Bytes of an answer that are read.
pub const LONGEST_ANSWER: usize = 256 * 1024;
/// Characters of a draft that are kept.
pub const LONGEST_DRAFT: usize = 6_000;

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

/// The draft in an answer.
///
/// # Errors
/// What is wrong with it and what to do, in sentences.
pub fn draft_of(status: u16, body: &[u8]) -> Result<String, String> {
    let said = |text: &str| Err(text.to_owned());
    match status {
        200 => {}
        300..=399 => {
            return said(
                "The address leads somewhere else. An owner writes the final address into the settings.",
            );
        }
        400 | 422 => {
            return said(
                "The model’s server did not understand what it was asked. An owner checks the model’s name in the settings.",
            );
        }
        401 | 403 => {
            return said("The model’s server refuses the key. An owner writes a new one into the settings.");
        }
        404 => return said("There is no such address or model there. An owner checks both in the settings."),
        408 | 504 => return said("The model took too long. Ask once more, or write the reply yourself."),
        413 => return said("The conversation is too long for this model. Write the reply yourself."),
        429 => return said("The model’s server has had enough for now. Ask again in a few minutes."),
        500..=599 => {
            return Err(format!("The model’s server failed (status {status}). Ask once more later."));
        }
        _ => {
            return Err(format!(
                "The model’s server answered with status {status}. Write the reply yourself."
            ));
        }
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        return said(
            "What came back is not an answer of this protocol. An owner checks the address in the settings.",
        );
    };
    let content =
        answer.choices.into_iter().next().and_then(|choice| choice.message.content).unwrap_or_default();
    let plain: String = content.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let plain = plain.trim();
    if plain.is_empty() {
        return said("The model answered nothing. Ask once more, or write the reply yourself.");
    }
    if plain.chars().count() > LONGEST_DRAFT {
        let cut: String = plain.chars().take(LONGEST_DRAFT).collect();
        return Ok(format!("{cut}\n\n[cut here: the draft was too long]"));
    }
    Ok(plain.to_owned())
}

/// What a person should look at in a draft: links and personal data that are not in what was sent, masks that nobody
/// filled, markup.
pub fn doubts(draft: &str, sent: &str) -> Vec<String> {
    let mut doubts = Vec::new();
    let named: BTreeSet<String> = links(sent).collect();
    let strange: BTreeSet<String> = links(draft).filter(|link| !named.contains(link)).collect();
    if !strange.is_empty() {
        let all: Vec<String> =
            strange.iter().map(|link| mainstreet_kernel::text::excerpt(link, 120)).collect();
        doubts.push(format!(
            "It links to what nobody in the conversation named: {}. Check it or take it out.",
            all.join(", ")
        ));
    }
    let personal = mainstreet_language::personal(draft);
    if personal.iter().any(|hit| !sent.contains(hit.span.of(draft))) {
        doubts
            .push("It holds personal data that nobody wrote: most likely invented. Take it out.".to_owned());
    }
    if draft.contains("[Person ") || draft.contains("[e-mail") || draft.contains("[cut here") {
        doubts.push(
            "It holds words in brackets that stand for something. Put the right ones in, or take them out."
                .to_owned(),
        );
    }
    if draft.contains('<') && draft.contains('>') {
        doubts.push("It holds markup. In a post it is shown as text and does nothing.".to_owned());
    }
    doubts
}

/// Every address in a text, whole: another page of a place that somebody named is another address. Without the full stop
/// that ends a sentence; `www.` counts as an address, however it is written.
fn links(text: &str) -> impl Iterator<Item = String> + '_ {
    // Byte for byte as long as the text, so that a place in one is a place in the other.
    let small = text.to_ascii_lowercase();
    let starts = ["https://", "http://", "www."];
    let mut found = Vec::new();
    for start in starts {
        for (at, _) in small.match_indices(start) {
            let before = small.get(..at).unwrap_or_default();
            if start == "www." && before.ends_with("//") {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let ends =
                |c: char| c.is_whitespace() || matches!(c, ')' | ']' | '>' | '<' | '"' | '\'' | '`' | '\\');
            let link = rest.split(ends).next().unwrap_or_default();
            let link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '/']);
            if link.len() > start.len() {
                found.push(place_in_small(link));
            }
        }
    }
    found.into_iter()
}

/// Scheme and host in small letters, the rest as it is: there capitals matter.
fn place_in_small(link: &str) -> String {
    let host = link.find("://").map_or(0, |at| at + 3);
    let end = link.get(host..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(link.len(), |at| host + at);
    let (place, rest) = link.split_at(end);
    format!("{}{rest}", place.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_or_refused_with_a_sentence() {
        let good = r#"{"choices":[{"message":{"role":"assistant","content":" Use **code** 3.\u0000 "}}],"usage":{}}"#;
        assert_eq!(draft_of(200, good.as_bytes()), Ok("Use **code** 3.".to_owned()));
        let check = |status: u16, body: &str, part: &str| {
            let said = draft_of(status, body.as_bytes()).unwrap_err();
            assert!(said.contains(part), "{said}");
        };
        check(200, "<html>hello</html>", "not an answer");
        check(200, "{}", "not an answer");
        check(200, r#"{"choices":[]}"#, "answered nothing");
        check(200, r#"{"choices":[{"message":{"content":null}}]}"#, "answered nothing");
        check(200, r#"{"choices":[{"message":{"content":"  \n"}}]}"#, "answered nothing");
        check(401, "", "refuses the key");
        check(404, "", "no such address or model");
        check(429, "", "few minutes");
        check(302, "", "final address");
        check(500, "", "status 500");
        let long = format!(r#"{{"choices":[{{"message":{{"content":"{}"}}}}]}}"#, "x".repeat(10_000));
        assert!(draft_of(200, long.as_bytes()).unwrap().ends_with("too long]"));
    }

    #[test]
    fn doubts_are_told() {
        let sent = "> see https://docs.example.org/a";
        assert_eq!(doubts("See https://docs.example.org/a.", sent), Vec::<String>::new());
        let check = |draft: &str, part: &str| {
            let told = doubts(draft, sent);
            assert!(told.iter().any(|one| one.contains(part)), "{draft}: {told:?}");
        };
        check("Go to [here](https://evil.example/x)", "evil.example");
        check("Mail bob@evil.example", "personal data");
        check("Dear [Person 1]", "brackets");
        check("<script>alert(1)</script>", "markup");
    }

    #[test]
    fn an_address_that_nobody_named_is_marked() {
        let sent = r#"{"content":"See https://docs.example.org/pump\nand http://help.example. Or WWW.Osier.example/a?"}"#;
        for (draft, part) in [
            ("Look at https://docs.example.org/pump.", ""),
            ("Look at [the page](https://DOCS.example.org/pump).", ""),
            ("**http://help.example/**, or www.osier.example/a", ""),
            // Another page of a place that was named, a place that only begins alike, a secret door.
            ("https://docs.example.org/invented", "docs.example.org/invented"),
            ("https://docs.example.org/Pump", "docs.example.org/Pump"),
            ("https://docs.example", "https://docs.example."),
            ("[help](HTTPS://evil.example/x)", "https://evil.example/x"),
            ("Go to www.evil.example now", "www.evil.example"),
            ("https://help.example@evil.example/", "help.example@evil.example"),
            ("https://docs.example.org/pump\\@evil.example http://evil.example", "http://evil.example"),
        ] {
            let doubts = doubts(draft, sent);
            let said = doubts.iter().find(|doubt| doubt.contains("links to what nobody")).cloned();
            assert_eq!(said.is_some(), !part.is_empty(), "{draft}: {doubts:?}");
            assert!(said.is_none_or(|said| said.contains(part)), "{draft}: {doubts:?}");
        }
    }
}
