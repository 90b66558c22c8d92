//! What follows from a text alone, for trying examples: links and mentions.

/// Hosts of the links of a text, lower-cased, in order; a host stands once for each link.
pub(crate) fn link_hosts(text: &str) -> Vec<String> {
    let mut hosts = Vec::new();
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.as_str();
    while let Some(at) = rest.find("://") {
        let before = &rest[..at];
        let after = &rest[at + 3..];
        let end = after
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | ':')))
            .unwrap_or(after.len());
        if before.ends_with("http") || before.ends_with("https") {
            let host = after[..end].rsplit('@').next().unwrap_or_default();
            let host = host.split(':').next().unwrap_or_default().trim_matches('.');
            if !host.is_empty() {
                hosts.push(host.to_owned());
            }
        }
        rest = &after[end..];
    }
    hosts
}

/// How many `@names` a text has.
pub(crate) fn mentions(text: &str) -> usize {
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    let mut count = 0;
    while let Some(letter) = letters.next() {
        let named = letters.peek().is_some_and(|next| next.is_alphanumeric());
        count += usize::from(letter == '@' && named && !before.is_alphanumeric());
        before = letter;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_mentions_are_counted() {
        let text = "see https://Docs.example.com/x, (http://a.xyz:80/?q=://b) ftp://c.d and @ann, mail@x.org";
        assert_eq!(link_hosts(text), ["docs.example.com", "a.xyz"]);
        assert_eq!(mentions(text), 1);
        assert_eq!(link_hosts("http:// nothing"), Vec::<String>::new());
    }
}
