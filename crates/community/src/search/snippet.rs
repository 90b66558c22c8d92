//! The piece of a text that shows why it was found.

use super::words::{self, Word};

/// Length of a piece, in bytes before escaping, about.
const LENGTH: usize = 240;

/// The piece of `text` with the most of `wanted` words, as HTML: escaped, the words in `<mark>`. With `loose`, words
/// one letter away are marked too.
pub(super) fn snippet(text: &str, wanted: &[String], loose: bool) -> String {
    let words = words::words(text);
    let is_wanted = |word: &Word| {
        wanted.iter().position(|want| {
            *want == word.text || (loose && want.chars().count() > 3 && words::near(want, &word.text))
        })
    };
    let hits: Vec<(&Word, usize)> = words.iter().filter_map(|word| Some((word, is_wanted(word)?))).collect();
    let (start, end) = window(text, &hits);
    let mut html = String::with_capacity(LENGTH * 2);
    if start > 0 {
        html.push('…');
    }
    let mut at = start;
    for (word, _) in hits.iter().filter(|(word, _)| word.from >= start && word.to <= end) {
        escape(&text[at..word.from], &mut html);
        html.push_str("<mark>");
        escape(&text[word.from..word.to], &mut html);
        html.push_str("</mark>");
        at = word.to;
    }
    escape(text[at..end].trim_end(), &mut html);
    if end < text.len() {
        html.push('…');
    }
    html
}

/// Where the piece begins and ends: around the hit after which the most different words follow.
fn window(text: &str, hits: &[(&Word, usize)]) -> (usize, usize) {
    let mut best = (0, 0);
    for (at, (first, _)) in hits.iter().enumerate().take(200) {
        let mut kinds: Vec<usize> = hits[at..]
            .iter()
            .take_while(|(word, _)| word.to - first.from <= LENGTH - 40)
            .map(|(_, kind)| *kind)
            .collect();
        let count = kinds.len();
        kinds.sort_unstable();
        kinds.dedup();
        let score = kinds.len() * 100 + count.min(50);
        if score > best.0 {
            best = (score, first.from);
        }
    }
    let mut start = best.1.saturating_sub(40);
    if start > 0 {
        start = boundary(text, start);
        start = text[start..].find(' ').filter(|space| *space < 40).map_or(start, |space| start + space + 1);
        start = start.min(best.1);
    }
    let mut end = (start + LENGTH).min(text.len());
    if end < text.len() {
        end = boundary(text, end);
        end = text[start..end]
            .rfind(' ')
            .filter(|space| *space > LENGTH / 2)
            .map_or(end, |space| start + space);
    }
    (start, end)
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push(' '),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, wanted: &[&str], loose: bool, expect: &str) {
        let wanted: Vec<String> = wanted.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(snippet(text, &wanted, loose), expect);
    }

    #[test]
    fn what_was_found_is_marked_and_all_else_escaped() {
        check(
            "The <b>Clamps</b> read low.",
            &["clamp"],
            false,
            "The &lt;b&gt;<mark>Clamps</mark>&lt;/b&gt; read low.",
        );
        check("Nothing here", &["clamp"], false, "Nothing here");
        check("Calibrate the clmap", &["clamp"], true, "Calibrate the <mark>clmap</mark>");
        let long = format!("{}the third clamp reads low {}", "word ".repeat(100), "more ".repeat(100));
        let piece = snippet(&long, &["clamp".to_owned(), "low".to_owned()], false);
        assert!(piece.starts_with('…') && piece.ends_with('…'), "{piece}");
        assert!(piece.contains("third <mark>clamp</mark> reads <mark>low</mark>"), "{piece}");
    }

    proptest! {
        #[test]
        fn any_text_gives_a_short_harmless_piece(text in "\\PC{0,600}", word in "[a-zé日]{1,5}") {
            let wanted: Vec<String> = words::words(&word).into_iter().map(|word| word.text).collect();
            let piece = snippet(&text, &wanted, true);
            let bare = piece.replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!bare.contains('<') && !bare.contains('>') && !bare.contains('"'));
        }
    }
}
