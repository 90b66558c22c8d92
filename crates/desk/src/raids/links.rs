//! Which domains a text links to.

/// Second-level names under which countries let people register, such as `co` in `example.co.uk`.
const SECOND: &[&str] = &["co", "com", "org", "net", "ac", "gov", "edu", "or", "ne", "gob", "in", "me"];
/// Places where everybody has a name of their own below the registered one: the whole name counts.
const HOSTS: &[&str] = &[
    "blogspot.com",
    "github.io",
    "gitlab.io",
    "medium.com",
    "netlify.app",
    "pages.dev",
    "substack.com",
    "tumblr.com",
    "vercel.app",
    "web.app",
    "weebly.com",
    "wixsite.com",
    "wordpress.com",
    "workers.dev",
    "sites.google.com",
];
/// No text is read for more links than this.
const MOST: usize = 50;

/// The registered domains that `text` links to, each once, in order of appearance. Addresses without `http` count when
/// they begin with `www.`; what stands before an `@` in an address is no domain.
pub fn domains(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let lower = text.to_lowercase();
    let starts = lower
        .match_indices("://")
        .map(|(at, mark)| at + mark.len())
        .chain(lower.match_indices("www.").filter(|(at, _)| begins(&lower, *at)).map(|(at, _)| at));
    let mut starts: Vec<usize> = starts.collect();
    starts.sort_unstable();
    for start in starts.into_iter().take(MOST) {
        let rest = lower.get(start..).unwrap_or_default();
        let end = rest
            .find(|letter: char| letter.is_whitespace() || "/?#<>()[]\"'`|\\,;".contains(letter))
            .unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().trim_matches('.');
        if let Some(domain) = registered(host).filter(|domain| !found.contains(domain)) {
            found.push(domain);
        }
    }
    found
}

fn begins(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|letter| !letter.is_alphanumeric() && !matches!(letter, '.' | '/' | '-' | '@'))
}

/// The part of a host's name that somebody registered. Nothing when it is no name, such as `localhost`.
pub fn registered(host: &str) -> Option<String> {
    let host = host.strip_prefix("www.").unwrap_or(host);
    let labels: Vec<&str> = host.split('.').collect();
    if labels.len() < 2 || labels.iter().any(|label| label.is_empty()) || host.len() > 253 {
        return None;
    }
    if !host.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_')) {
        return None;
    }
    if labels.iter().all(|label| label.parse::<u8>().is_ok()) {
        return Some(host.to_owned());
    }
    let last = |count: usize| labels.get(labels.len().saturating_sub(count)..).unwrap_or_default().join(".");
    let (two, three) = (last(2), last(3));
    if HOSTS.contains(&three.as_str()) {
        return Some(last(4));
    }
    if HOSTS.contains(&two.as_str()) {
        return Some(three);
    }
    let country = labels.last().is_some_and(|label| label.len() == 2);
    let second = labels.get(labels.len() - 2).is_some_and(|label| SECOND.contains(label));
    Some(if country && second { three } else { two })
}

/// True when `text` asks to go on where nobody sees it: a messenger, a telephone number, a mail address.
pub fn calls_away(text: &str) -> bool {
    let lower = text.to_lowercase();
    let messenger = ["t.me/", "wa.me/", "whatsapp", "telegram", "telgram", "discord.gg/"];
    if messenger.iter().any(|word| lower.contains(word)) {
        return true;
    }
    let mut digits = 0;
    let mut plus = false;
    for letter in lower.chars() {
        match letter {
            '+' => (digits, plus) = (0, true),
            '0'..='9' => digits += 1,
            ' ' | '-' | '(' | ')' | '.' => {}
            _ => (digits, plus) = (0, false),
        }
        if plus && digits >= 9 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_registered_domains() {
        for (text, expect) in [
            ("nothing here", ""),
            ("see https://www.Example.com/a?b=c and http://docs.example.com.", "example.com"),
            ("[here](https://shop.example.co.uk:8080/x)", "example.co.uk"),
            ("www.one.test, www.two.test; awww.three.test", "one.test two.test"),
            ("https://trusted.example@evil.test/login", "evil.test"),
            ("http://me.blogspot.com/x", "me.blogspot.com"),
            ("http://192.0.2.7/x http://localhost/x http://a..b/", "192.0.2.7"),
            ("https://例え.テスト/x", "例え.テスト"),
            ("://x ://", ""),
        ] {
            assert_eq!(domains(text).join(" "), expect, "{text}");
        }
    }

    #[test]
    fn who_calls_away_is_seen() {
        for (text, expect) in [
            ("Write me on WhatsApp", true),
            ("+1 (202) 555-0143", true),
            ("The pump does 12 l/min at 3.5 bar since 2021-04-01", false),
            ("t.me/cheap", true),
        ] {
            assert_eq!(calls_away(text), expect, "{text}");
        }
    }
}
