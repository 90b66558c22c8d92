//! Small functions over text that several crates need.

/// A URL slug: lower-case letters and digits joined by single dashes, at most 60 characters, never empty.
/// Letters of every script stay, because a slug is read by people.
pub fn slug(title: &str) -> String {
    let mut slug = String::with_capacity(title.len().min(64));
    let mut letters = 0;
    for letter in title.chars().flat_map(char::to_lowercase) {
        if letters >= 60 {
            break;
        }
        if letter.is_alphanumeric() {
            slug.push(letter);
            letters += 1;
        } else if !slug.is_empty() && !slug.ends_with('-') && letter != '\'' && letter != '’' {
            slug.push('-');
            letters += 1;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "-".to_owned() } else { slug.to_owned() }
}

/// The first `max` characters at a word's end, with an ellipsis when something was cut.
pub fn excerpt(text: &str, max: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= max {
        return text;
    }
    let cut: String = text.chars().take(max).collect();
    let end = cut.rfind(' ').filter(|end| *end > max / 2).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', '.', ';', ':', ' ']))
}

/// A cell of a table of comma-separated values: quoted; what a spreadsheet would take for a formula begins with an
/// apostrophe.
pub fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

/// How names and addresses are compared: trimmed and lower-cased.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The one or two letters of a letter avatar.
pub fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    let letters: String = first.into_iter().chain(last).flat_map(char::to_uppercase).take(2).collect();
    if letters.is_empty() { "?".to_owned() } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_readable() {
        for (title, expect) in [
            ("How do I install on a Raspberry Pi 5?", "how-do-i-install-on-a-raspberry-pi-5"),
            ("  --- ", "-"),
            ("Ça va? Déjà vu", "ça-va-déjà-vu"),
            ("Ben's idea", "bens-idea"),
            ("日本語の質問", "日本語の質問"),
        ] {
            assert_eq!(slug(title), expect);
        }
        assert!(slug(&"word ".repeat(40)).chars().count() <= 60);
    }

    #[test]
    fn excerpts_end_at_words() {
        assert_eq!(excerpt("one two three", 50), "one two three");
        assert_eq!(excerpt("one two, three four", 10), "one two…");
        assert_eq!(excerpt("a\n\n  b", 10), "a b");
    }

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("Rajesh Iyer"), "RI");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials("?!"), "?");
    }
}
