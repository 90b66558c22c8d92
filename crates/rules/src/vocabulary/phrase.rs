//! Parameters said in one line: `10 minutes for 6 hours`.

/// A pattern such as `{count} from {pool}[, not asked in {rest}]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Phrase {
    pieces: Vec<Piece>,
    optional: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Words(String),
    Slot(String),
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = pattern;
    while let Some((words, after)) = rest.split_once('{') {
        if !words.is_empty() {
            found.push(Piece::Words(words.to_owned()));
        }
        let (slot, after) = after.split_once('}').unwrap_or((after, ""));
        found.push(Piece::Slot(slot.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Words(rest.to_owned()));
    }
    found
}

impl Phrase {
    pub(crate) fn new(pattern: &str) -> Self {
        let (must, may) = pattern.split_once('[').unwrap_or((pattern, ""));
        Self { pieces: pieces(must), optional: pieces(may.trim_end_matches(']')) }
    }

    /// The names of the slots.
    #[cfg(test)]
    pub(crate) fn slots(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().chain(&self.optional).filter_map(|piece| match piece {
            Piece::Slot(name) => Some(name.as_str()),
            Piece::Words(_) => None,
        })
    }

    /// Splits a line into slots and what stands in them; nothing when the words between are missing.
    pub(crate) fn split<'a>(&'a self, line: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        let whole: Vec<&Piece> = self.pieces.iter().chain(&self.optional).collect();
        let must: Vec<&Piece> = self.pieces.iter().collect();
        if !self.optional.is_empty()
            && let Some(found) = split(&whole, line)
        {
            return Some(found);
        }
        split(&must, line)
    }

    /// Says what `value` gives for each slot; nothing when one that must be there is missing.
    pub(crate) fn say(&self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let mut line = say(&self.pieces, &value)?;
        if let Some(more) = say(&self.optional, &value) {
            line.push_str(&more);
        }
        Some(line)
    }

    /// The pattern for a message: `… for …`.
    pub(crate) fn shape(&self) -> String {
        let shown = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Slot(name) => format!("<{name}>"),
        };
        self.pieces.iter().map(shown).collect()
    }
}

fn split<'a>(pieces: &[&'a Piece], line: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut found = Vec::new();
    let mut rest = line;
    let mut open: Option<&str> = None;
    for piece in pieces {
        match piece {
            Piece::Slot(name) => open = Some(name),
            Piece::Words(words) => {
                let (value, after) = rest.split_once(words.as_str())?;
                if let Some(name) = open.take() {
                    found.push((name, value.trim()));
                }
                rest = after;
            }
        }
    }
    match open {
        Some(name) => found.push((name, rest.trim())),
        None if !rest.trim().is_empty() => return None,
        None => {}
    }
    found.iter().all(|(_, value)| !value.is_empty()).then_some(found)
}

fn say(pieces: &[Piece], value: &impl Fn(&str) -> Option<String>) -> Option<String> {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => Some(words.clone()),
            Piece::Slot(name) => value(name),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, line: &str, expect: Option<&[(&str, &str)]>) {
        let phrase = Phrase::new(pattern);
        assert_eq!(phrase.split(line).as_deref(), expect, "{line}");
        if let Some(slots) = expect {
            let find =
                |name: &str| slots.iter().find(|(slot, _)| *slot == name).map(|(_, v)| (*v).to_owned());
            assert_eq!(phrase.say(find).as_deref(), Some(line));
        }
    }

    #[test]
    fn phrases_are_split_and_said() {
        let slow = "{each} for {for}";
        check(slow, "10 minutes for 6 hours", Some(&[("each", "10 minutes"), ("for", "6 hours")]));
        check(slow, "10 minutes", None);
        check(slow, " for 6 hours", None);
        let ask = "{count} from {pool}[, not asked in {rest}]";
        check(ask, "3 from friends", Some(&[("count", "3"), ("pool", "friends")]));
        check(
            ask,
            "3 from friends, not asked in 7 days",
            Some(&[("count", "3"), ("pool", "friends"), ("rest", "7 days")]),
        );
        check("{tag}", "first post", Some(&[("tag", "first post")]));
    }
}
