//! Which model drafts, if any.

use mainstreet_community::settings::store as settings;
use mainstreet_db::Tx;
use mainstreet_kernel::{Activity, Actor, Error, FieldErrors, Object, Result, Role, Verb, Visibility};
use serde::{Deserialize, Serialize};

const KEY: &str = "desk.drafting";
/// The longest wish for how to write, in characters.
const LONGEST: usize = 2_000;

/// Where a model listens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// The address up to and without `/chat/completions`.
    pub url: String,
    /// The model's name.
    pub model: String,
    /// What it is asked with; empty: nothing.
    pub key: String,
    /// How to write here, in the owner's words; may be empty.
    pub wish: String,
}

impl Endpoint {
    /// The host, for people.
    pub fn host(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.split(['/', '?']).next().unwrap_or(rest)
    }

    /// The whole address.
    pub fn address(&self) -> String {
        format!("{}/chat/completions", self.url.trim_end_matches('/'))
    }
}

/// What an owner set.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Whether drafts may be asked for at all.
    pub on: bool,
    /// The address.
    pub url: String,
    /// The model's name.
    pub model: String,
    /// The key; never shown again.
    pub key: String,
    /// How to write here.
    pub wish: String,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("on", &self.on).field("url", &self.url).finish_non_exhaustive()
    }
}

/// What an owner set; by default drafting is off.
pub fn kept(tx: &mut Tx<'_>) -> Result<Kept> {
    let text = settings::get(tx, KEY)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// The endpoint that drafts are asked of; none: drafting is off. What the operator configured wins over the page.
pub fn endpoint(tx: &mut Tx<'_>, operator: Option<&Endpoint>) -> Result<Option<Endpoint>> {
    let kept = kept(tx)?;
    if !kept.on {
        return Ok(None);
    }
    let endpoint = match operator {
        Some(endpoint) => Endpoint { wish: kept.wish, ..endpoint.clone() },
        None => Endpoint { url: kept.url, model: kept.model, key: kept.key, wish: kept.wish },
    };
    Ok(Some(endpoint).filter(|endpoint| !endpoint.url.is_empty() && !endpoint.model.is_empty()))
}

/// Sets it. An empty key keeps the one that is known, as long as the address stays. Owners may. Mistakes are told by
/// field, and nothing is changed then.
///
/// # Errors
/// `Forbidden` below owner.
pub fn set(
    tx: &mut Tx<'_>,
    actor: Actor,
    new: &Kept,
    operator: Option<&Endpoint>,
) -> Result<Option<FieldErrors>> {
    if actor.role < Role::Owner {
        return Err(Error::forbidden("Only an owner decides where texts of the community may go. Ask one."));
    }
    let before = kept(tx)?;
    let trimmed = |text: &str| text.trim().to_owned();
    let mut new = Kept {
        on: new.on,
        url: trimmed(&new.url).trim_end_matches('/').to_owned(),
        model: trimmed(&new.model),
        key: trimmed(&new.key),
        wish: trimmed(&new.wish),
    };
    if new.key.is_empty() && new.url == before.url {
        new.key = before.key;
    }
    let errors = mistakes(&new, operator.is_some());
    if !errors.is_empty() {
        return Ok(Some(errors));
    }
    settings::set(tx, KEY, &serde_json::to_string(&new).map_err(Error::internal)?)?;
    let props =
        serde_json::json!({ "key": KEY, "value": { "on": new.on, "url": new.url, "model": new.model } });
    let (site, now) = (Object { kind: "site", id: 0 }, tx.now());
    let told = Activity::new(Verb::SettingChanged, actor, site, now);
    tx.record(&told.seen_by(Visibility::Staff).with(props))?;
    Ok(None)
}

fn mistakes(new: &Kept, by_operator: bool) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if new.wish.chars().count() > LONGEST {
        errors.add("wish", "Say how to write in 2000 characters or fewer.");
    }
    if by_operator {
        return errors;
    }
    let asked = new.on || !new.url.is_empty();
    if asked && !is_address(&new.url) {
        errors.add(
            "url",
            "Write an address that begins with https:// (or http:// for this machine), such as \
             https://models.example.org/v1, without a name, a password or a question mark.",
        );
    } else if asked && new.url.starts_with("http://") && !new.key.is_empty() && !is_here(&new.url) {
        errors.add("url", "A key does not go out unprotected. Write an address that begins with https://.");
    }
    let plain = |text: &str, most: usize| {
        text.chars().count() <= most
            && !text.chars().any(|letter| letter.is_control() || letter.is_whitespace())
    };
    if new.on && new.model.is_empty() || !plain(&new.model, 200) {
        errors.add("model", "Write the model's name as its server spells it, without spaces.");
    }
    if !plain(&new.key, 500) || !new.key.is_ascii() {
        errors.add("key", "A key holds no spaces and at most 500 characters. Paste it again.");
    }
    errors
}

fn is_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split('/').next().unwrap_or_default());
    url.len() <= 500
        && url.is_ascii()
        && !url
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control() || matches!(letter, '?' | '#'))
        && host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
}

/// True for this machine itself.
fn is_here(url: &str) -> bool {
    let rest = url.strip_prefix("http://").unwrap_or_default();
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    matches!(host, "localhost" | "127.0.0.1") || rest.starts_with("[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_by_field() {
        let check = |url: &str, model: &str, key: &str, expect: &[&str]| {
            let new = Kept {
                on: true,
                url: url.to_owned(),
                model: model.to_owned(),
                key: key.to_owned(),
                wish: String::new(),
            };
            let errors = mistakes(&new, false);
            let got: Vec<&str> =
                ["url", "model", "key"].into_iter().filter(|name| errors.get(name).is_some()).collect();
            assert_eq!(got, expect, "{url} {model} {key}");
        };
        check("https://models.example.org/v1", "small", "sk-1", &[]);
        check("http://127.0.0.1:11434/v1", "small", "", &[]);
        check("http://localhost:1/v1", "small", "sk-1", &[]);
        check("http://models.example.org/v1", "small", "sk-1", &["url"]);
        check("http://127.0.0.1.evil.example/v1", "small", "sk-1", &["url"]);
        check("", "", "", &["url", "model"]);
        check("ftp://x", "small", "", &["url"]);
        check("https://user:pass@x/v1", "small", "", &["url"]);
        check("https://x/v1?key=1", "small", "", &["url"]);
        check("https://x/v1", "a b", "x\r\nHost: y", &["model", "key"]);
        assert!(mistakes(&Kept::default(), false).is_empty(), "off and empty is fine");
    }
}
