//! What each figure means. A changed meaning gets a new version, and a new version starts a new series.

use serde::Serialize;

pub use super::of_moderation::MODERATION;

/// What a value is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// People.
    People,
    /// Topics or questions.
    Topics,
    /// A share between 0 and 1.
    Share,
    /// Hours of the clock on the wall.
    Hours,
    /// A plain ratio, such as replies per topic.
    Ratio,
    /// For every thousand posts or people.
    PerThousand,
    /// A difference of two shares, between -1 and 1.
    Points,
    /// Agreement beyond chance, between -1 and 1.
    Kappa,
    /// Things done, in a plain count.
    Acts,
    /// Weeks of the calendar.
    Weeks,
    /// Days of the calendar.
    Days,
}

/// Which way is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither as such.
    Neither,
}

/// What stands behind a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Behind {
    /// A list of people.
    People,
    /// A list of topics.
    Topics,
    /// A list of posts and members with what was done about them.
    Cases,
    /// Nothing but the person whom it is about.
    Nobody,
}

/// The family a figure is shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Who takes part.
    Participation,
    /// What they do.
    Contributions,
    /// How soon questions are answered.
    FirstResponse,
    /// How many questions are solved.
    Solutions,
    /// Whether what is known is found.
    Knowledge,
    /// Who comes back.
    Retention,
    /// How often staff step in.
    Intervention,
    /// How often something is broken.
    Violations,
    /// How long that stays open.
    Resolution,
    /// How good decisions are.
    Quality,
    /// How the work lies on people.
    Workload,
}

/// The meaning of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Its name in addresses, exports and commands; never used for anything else.
    pub id: &'static str,
    /// Raised whenever the meaning changes.
    pub version: u32,
    /// Its name for people.
    pub name: &'static str,
    /// What it is shown with.
    pub family: Family,
    /// What it is counted in.
    pub unit: Unit,
    /// Which way is good.
    pub better: Better,
    /// What stands behind it.
    pub behind: Behind,
    /// What it says, in plain words.
    pub says: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// How it misleads.
    pub pitfalls: &'static str,
}

/// The definition called `id`, or nothing.
pub fn find(id: &str) -> Option<&'static Definition> {
    ALL.iter().chain(MODERATION).find(|definition| definition.id == id)
}

const COUNTED: &str = "A reaction counts as much as an answer here; read it beside the contribution mix. Channels differ in \
                       what they tell: an archive that does not name who reacted adds nobody.";
const WAITING: &str = "Kaplan-Meier: questions still waiting count for as long as they have waited, so the figure is not \
                       flattered by leaving them out. A fast empty answer counts as an answer: read it beside the \
                       solution rate.";
const NAIVE: &str = "Leaves out every question that nobody has answered, so it looks best when the hardest questions are \
                     ignored. Shown only because other tools print it; use the Kaplan-Meier figure.";

/// Every figure, in reading order.
pub const ALL: &[Definition] = &[
    people(
        "contributing-day",
        "Contributing members, day",
        "Members who did at least one thing on the last full day: began a topic, replied, reacted or accepted an answer. People with a paid or desk role, bots and closed spam accounts do not count.",
        "|{members with a topic.created, reply.created, reaction.added or answer.accepted on day D}|",
    ),
    people(
        "contributing-week",
        "Contributing members, 7 days",
        "Members who contributed on at least one of the 7 days that end with the last full day.",
        "|{members contributing on any of D-6 .. D}|",
    ),
    people(
        "contributing-28d",
        "Contributing members, 28 days",
        "Members who contributed on at least one of the 28 days that end with the last full day. Four of each weekday, so that months compare.",
        "|{members contributing on any of D-27 .. D}|",
    ),
    Definition {
        unit: Unit::Ratio,
        pitfalls: "A support community where people come, solve and leave can be excellent at 5 %. It falls by itself when growth is fast. Never compare it across kinds of community; read repeat participation first.",
        ..people(
            "stickiness",
            "Stickiness",
            "The part of the month's contributing members who contribute on a usual day of the last week.",
            "mean over the 7 days D-6 .. D of contributing(day), divided by contributing(28 days) at D",
        )
    },
    Definition {
        unit: Unit::Share,
        pitfalls: "Counts days, not depth: two reactions on two days make a repeat participant.",
        ..people(
            "repeat-participation",
            "Repeat participation",
            "Of the members who contributed in the last 28 days, those who did so on two days or more.",
            "|{on >= 2 distinct days of D-27 .. D}| / |{on >= 1}|, Wilson interval",
        )
    },
    Definition {
        unit: Unit::Share,
        pitfalls: "Reactions are cheap: a shift towards them with flat replies is decline, not growth.",
        ..contribution(
            "contribution-mix",
            "Contribution mix",
            Behind::People,
            "What members do: topics begun, replies, reactions, accepted answers, as shares of all of them in the window. The value is the share of replies.",
            "count(kind) / count(all kinds) over member activities in the window, Wilson interval",
        )
    },
    Definition {
        unit: Unit::Ratio,
        pitfalls: "A mean: a few long threads lift it. The share of topics without a reply stands beside it.",
        ..contribution(
            "replies-per-topic",
            "Replies per topic",
            Behind::Topics,
            "How many replies a topic begun in the window has had so far, on average.",
            "replies by people to topics begun in the window / those topics; normal interval of the mean",
        )
    },
    Definition {
        unit: Unit::Share,
        better: Better::Lower,
        pitfalls: "Announcements need no reply; filter by space. Young topics have had less time.",
        ..contribution(
            "topics-without-reply",
            "Topics without a reply",
            Behind::Topics,
            "The share of topics begun in the window that have had no reply so far; with it the shares with 1, 2 to 5, and 6 or more.",
            "|{topics with 0 replies}| / |topics|, Wilson interval",
        )
    },
    Definition {
        unit: Unit::Share,
        better: Better::Neither,
        pitfalls: "High is not bad in a young community; rising in an old one means that members help each other less.",
        ..contribution(
            "staff-reply-share",
            "Staff share of replies",
            Behind::Topics,
            "Of the replies written by members and staff in the window, those written by staff.",
            "staff replies / (member + staff replies), Wilson interval",
        )
    },
    first_response(
        "first-response-median",
        "First response, median",
        Unit::Hours,
        "Half of the questions asked in the window had their first response within this time: the first published reply by another person, member or staff, that says more than a mention.",
        "smallest t with Kaplan-Meier S(t) <= 0.5; interval by Brookmeyer and Crowley; censored at closing, removal, the window's end or now",
        WAITING,
    ),
    first_response(
        "first-response-p75",
        "First response, 75 of 100",
        Unit::Hours,
        "Three quarters of the questions had their first response within this time.",
        "smallest t with S(t) <= 0.25",
        WAITING,
    ),
    first_response(
        "first-response-p90",
        "First response, 90 of 100",
        Unit::Hours,
        "Nine of ten questions had their first response within this time.",
        "smallest t with S(t) <= 0.1",
        WAITING,
    ),
    first_response(
        "answered-within-1h",
        "Answered within 1 hour",
        Unit::Share,
        "The share of questions with a first response within an hour.",
        "1 - S(1 h), log-log interval",
        WAITING,
    ),
    first_response(
        "answered-within-4h",
        "Answered within 4 hours",
        Unit::Share,
        "The share of questions with a first response within four hours.",
        "1 - S(4 h), log-log interval",
        WAITING,
    ),
    first_response(
        "answered-within-24h",
        "Answered within 24 hours",
        Unit::Share,
        "The share of questions with a first response within a day.",
        "1 - S(24 h), log-log interval",
        WAITING,
    ),
    first_response(
        "answered-within-72h",
        "Answered within 72 hours",
        Unit::Share,
        "The share of questions with a first response within three days.",
        "1 - S(72 h), log-log interval",
        WAITING,
    ),
    first_response(
        "first-response-by-member-24h",
        "Answered by a member within 24 hours",
        Unit::Share,
        "The share of questions whose first response came from a member within a day.",
        "cumulative incidence of cause 'member' at 24 h (Aalen-Johansen); with staff it adds up to 1 - S(24 h)",
        WAITING,
    ),
    first_response(
        "first-response-by-staff-24h",
        "Answered by staff within 24 hours",
        Unit::Share,
        "The share of questions whose first response came from somebody with a paid or desk role within a day.",
        "cumulative incidence of cause 'staff' at 24 h (Aalen-Johansen)",
        WAITING,
    ),
    first_response(
        "first-response-mean-naive",
        "Mean of answered questions",
        Unit::Hours,
        "The mean time to first response of those questions that got one.",
        "sum of response times / answered questions",
        NAIVE,
    ),
    first_response(
        "first-response-median-naive",
        "Median of answered questions",
        Unit::Hours,
        "The median time to first response of those questions that got one.",
        "middle response time of answered questions",
        NAIVE,
    ),
    first_response(
        "unanswered-72h",
        "Unanswered after 72 hours",
        Unit::Share,
        "The share of questions asked in the window that had no response after three days, young ones counted for as long as they have waited.",
        "S(72 h), log-log interval",
        "A rate by day of asking that ignores age, as other tools show, always makes yesterday look bad.",
    ),
    first_response(
        "unanswered-open",
        "Open unanswered questions",
        Unit::Topics,
        "How many questions, whenever asked, wait for a first response at the end of the window.",
        "|{asked <= t, no response <= t, not closed or removed <= t}|",
        "A stock grows with age: old questions nobody will answer should be closed with a word.",
    ),
    first_response(
        "unanswered-oldest",
        "Oldest unanswered question",
        Unit::Hours,
        "How long the oldest open question has been waiting at the end of the window.",
        "t - min(asked) over open unanswered questions",
        "One forgotten question decides it.",
    ),
    solution(
        "solution-rate-28d",
        "Solution rate",
        Unit::Share,
        Better::Higher,
        "Of the questions asked in the window that are at least 28 days old, those with an accepted answer within 28 days that still stands. Questions taken away unsolved within 28 days do not count.",
        "|{accepted <= 28 d}| / |{asked, >= 28 d old}|, Wilson interval",
        "Many solved questions are never marked: a low rate may be a habit of not marking. Staff who mark their own replies raise it.",
    ),
    solution(
        "solution-time-median",
        "Time to solution, median",
        Unit::Hours,
        Better::Lower,
        "Half of the questions asked in the window had an accepted answer within this time. Empty while fewer than half have one.",
        "smallest t with Kaplan-Meier S(t) <= 0.5, S over the last acceptance that stands",
        "Measures when the answer was marked, not when it was given.",
    ),
    Definition {
        family: Family::Knowledge,
        ..solution(
            "repeat-question-rate",
            "Repeat-question rate",
            Unit::Share,
            Better::Lower,
            "Of the questions asked in the window, those whose theme already held an accepted answer, at least 7 days old and still to be read, when they were asked. Themes are those of Insights, as they stand now.",
            "|{asked with another accepted answer in its theme, accepted <= asked - 7 d, not taken away <= asked}| / |{asked, looked at for its theme}|, Wilson interval",
            "Themes compare words, not meaning: two questions of a theme may want different answers, and a repeat in other words is missed. Merging or splitting a theme changes past weeks too. Nobody is to blame for asking: look at whether the answer can be found.",
        )
    },
    retention(
        "retention-week-1",
        "Back in week 1",
        "Of the people who first contributed in the window, those who contributed again in the second seven days of their own, counted from their first day. Only cohorts that have all lived through that week.",
        "sum over cohorts c of |contributing in [d0+7, d0+13]| / sum |c|, Wilson interval",
    ),
    retention(
        "retention-week-4",
        "Back in week 4",
        "Of the people who first contributed in the window, those who contributed in the seven days that begin four weeks after their first day.",
        "sum over cohorts c of |contributing in [d0+28, d0+34]| / sum |c|, Wilson interval",
    ),
    retention(
        "retention-cohorts",
        "Weekly retention",
        "People by the ISO week in which they first contributed, and how many of them contributed in each of their own weeks after. Bounded: a later return never changes an earlier week.",
        "R(c,k) = |contributing on any day in [d0+7k, d0+7k+6]| / |c|, shown when all of c have lived through week k",
    ),
];

const fn people(
    id: &'static str,
    name: &'static str,
    says: &'static str,
    formula: &'static str,
) -> Definition {
    Definition {
        id,
        version: 1,
        name,
        family: Family::Participation,
        unit: Unit::People,
        better: Better::Higher,
        behind: Behind::People,
        says,
        formula,
        pitfalls: COUNTED,
    }
}

const fn contribution(
    id: &'static str,
    name: &'static str,
    behind: Behind,
    says: &'static str,
    formula: &'static str,
) -> Definition {
    Definition { family: Family::Contributions, behind, ..people(id, name, says, formula) }
}

const fn first_response(
    id: &'static str,
    name: &'static str,
    unit: Unit,
    says: &'static str,
    formula: &'static str,
    pitfalls: &'static str,
) -> Definition {
    let better = match (unit, id.as_bytes()) {
        (Unit::Share, [b'a' | b'f', ..]) => Better::Higher,
        _ => Better::Lower,
    };
    let family = Family::FirstResponse;
    Definition { family, unit, better, behind: Behind::Topics, pitfalls, ..people(id, name, says, formula) }
}

const fn solution(
    id: &'static str,
    name: &'static str,
    unit: Unit,
    better: Better,
    says: &'static str,
    formula: &'static str,
    pitfalls: &'static str,
) -> Definition {
    let family = Family::Solutions;
    Definition { family, unit, better, behind: Behind::Topics, pitfalls, ..people(id, name, says, formula) }
}

const fn retention(
    id: &'static str,
    name: &'static str,
    says: &'static str,
    formula: &'static str,
) -> Definition {
    Definition {
        family: Family::Retention,
        unit: Unit::Share,
        pitfalls: "An archive that begins in the middle makes everyone look new at its start. Small cohorts vary wildly: \
                   read the interval. People who only read are not seen.",
        ..people(id, name, says, formula)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_is_whole_and_in_the_guide() {
        let guide = include_str!("../../../../docs/guide/metrics.md");
        for definition in ALL.iter().chain(MODERATION) {
            assert_eq!(find(definition.id).map(|found| found.name), Some(definition.name), "one of each id");
            assert!(
                !definition.says.is_empty()
                    && !definition.formula.is_empty()
                    && !definition.pitfalls.is_empty()
            );
            let head =
                format!("#### `{}` version {}: {}", definition.id, definition.version, definition.name);
            assert!(guide.contains(&head), "docs/guide/metrics.md misses: {head}");
            assert!(
                guide.contains(definition.formula),
                "docs/guide/metrics.md misses the formula of {}",
                definition.id
            );
        }
    }

    #[test]
    fn the_good_way_is_known() {
        let better = |id| find(id).map(|definition| definition.better);
        assert_eq!(better("answered-within-24h"), Some(Better::Higher));
        assert_eq!(better("first-response-by-member-24h"), Some(Better::Higher));
        assert_eq!(better("unanswered-72h"), Some(Better::Lower));
        assert_eq!(better("first-response-median"), Some(Better::Lower));
    }
}
