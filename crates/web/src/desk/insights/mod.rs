//! Insights: what many people ask, ask for and object to; and what came of it.

mod acts;
mod lists;
mod show;

use mainstreet_desk::insights::{Growth, Kind, List, PlacedBy, Turn};

use crate::routes::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/desk/insights", lists::show)
        .get("/desk/insights/{id}", show::show)
        .post("/desk/insights/{id}/confirmation", acts::confirm)
        .post("/desk/insights/{id}/name", acts::rename)
        .post("/desk/insights/{id}/status", acts::move_on)
        .post("/desk/insights/{id}/merger", acts::merge)
        .post("/desk/insights/{id}/parting", acts::part)
        .post("/desk/insights/{id}/conversations", acts::conversations)
        .post("/desk/insights/{id}/telling", acts::tell)
        .post("/desk/insights/{id}/hearing", acts::hear_again)
}

/// The name of a list in its tab.
fn label(list: List) -> &'static str {
    match list {
        List::All => "All themes",
        List::Of(Kind::Question) => "Questions",
        List::Of(Kind::Request) => "Requests",
        List::Of(Kind::Objection) => "Objections",
        List::Of(Kind::Talk) => "Talk",
    }
}

/// What a conversation was begun for, counted.
fn kind_word(kind: Kind, many: bool) -> &'static str {
    match (kind, many) {
        (Kind::Question, false) => "question",
        (Kind::Question, true) => "questions",
        (Kind::Request, false) => "request",
        (Kind::Request, true) => "requests",
        (Kind::Objection, false) => "objection",
        (Kind::Objection, true) => "objections",
        (Kind::Talk, _) => "just talk",
    }
}

/// What put a conversation into its theme, after the rest of its line; nothing for its words, as usual.
fn placed_words(by: PlacedBy) -> &'static str {
    match by {
        PlacedBy::Words => "",
        PlacedBy::Meaning => ", here by meaning, not by its words alone",
        PlacedBy::Person => ", put here by a person",
    }
}

/// How the count of askers changed, in words with the interval.
fn change(askers: Growth) -> String {
    let interval = askers.interval();
    let before = askers.before;
    match askers.ratio() {
        None => "none in the 90 days before".to_owned(),
        Some(ratio) => {
            let high =
                if interval.high.is_finite() { format!("{:.1}", interval.high) } else { "?".to_owned() };
            let sure = if askers.is_clear() { "" } else { ", may be chance" };
            format!("{before} before: ×{ratio:.1} ({:.1} to {high}{sure})", interval.low)
        }
    }
}

/// The tone of a change: only what is sure has one.
fn tone(askers: Growth) -> &'static str {
    if askers.is_clear() && askers.now > askers.before { "lamp" } else { "" }
}

/// The sentences of a text that bear most on its theme, word for word.
fn quote(turn: &Turn, theme: &str) -> String {
    let about = format!("{theme} {}", turn.title);
    mainstreet_kernel::text::excerpt(&mainstreet_language::extract(&turn.body, &about, 2).join(" … "), 280)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_said_with_what_it_is_worth() {
        for (now, before, expect) in [
            (5, 0, "none in the 90 days before"),
            (10, 10, "10 before: ×1.0 (0.4 to 2.7, may be chance)"),
            (20, 5, "5 before: ×4.0 (1.5 to 13.6)"),
        ] {
            assert_eq!(change(Growth { now, before }), expect);
        }
        assert_eq!((tone(Growth { now: 20, before: 5 }), tone(Growth { now: 6, before: 5 })), ("lamp", ""));
    }
}
