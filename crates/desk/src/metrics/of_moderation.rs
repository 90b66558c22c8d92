//! What each figure of moderation means.

use super::definitions::{Behind, Better, Definition, Family, Unit};

const STEPPING_IN: &str = "Ideally low, but not zero. It falls when moderators stop looking: read it with coverage, with \
                           how long cases stay open, and with the sample of posts that nobody reported.";
const UPHELD: &str = "Only what somebody reported or came across: it rises when people look harder. The sample tells of \
                      the rest.";
const OPEN_CASES: &str = "Kaplan-Meier: cases still open count for as long as they have been open. A hasty decision \
                          counts like a good one: read it beside reversals and appeals.";
const FAIR: &str = "An association: newcomers may write other things than those who have been here for long. Read the \
                    list behind it before drawing a conclusion.";
const ONE_PERSON: &str = "Shown to the person and to those who lead, to nobody else, and never as a ranking. It says what \
                          to relieve somebody of, not how good they are.";

/// Every figure of moderation, in reading order.
pub const MODERATION: &[Definition] = &[
    intervention(
        "intervention-rate",
        "Moderator intervention rate",
        Unit::PerThousand,
        "For every thousand posts published, those on which a person stepped in: held, hid, deleted, changed or moved it, or restricted its author. Weeks are drawn over the community's own band. What was taken back later stays in, and is marked.",
        "|{posts with a human act on visibility, content, place or author state in the window}| / |{posts published in the window}| x 1000, Wilson interval; band: median of the 26 weeks before +- 3 x 1.4826 x MAD",
        STEPPING_IN,
    ),
    intervention(
        "intervention-by-source",
        "Interventions by how they were found",
        Unit::PerThousand,
        "The same, apart by what made staff look: a member's flag, a rule, machine reading, an appeal, or a moderator's own reading.",
        "as intervention-rate, for each source; a post with two sources counts in both",
        STEPPING_IN,
    ),
    intervention(
        "intervention-by-clause",
        "Interventions by clause",
        Unit::PerThousand,
        "The same, apart by the clause of the guidelines that was cited.",
        "as intervention-rate, for each clause; a post with two clauses counts in both",
        STEPPING_IN,
    ),
    intervention(
        "intervention-automatic",
        "Automatic interventions",
        Unit::PerThousand,
        "For every thousand posts published, those on which a program acted alone: a rule in force, or flags that weighed enough. A series of its own, never added to the human one.",
        "|{posts with an automatic act in the window}| / |{posts published in the window}| x 1000, Wilson interval; band as intervention-rate",
        "A rule that works well raises it, and so does one that is wrong: read it beside the reversal rate of programs.",
    ),
    Definition {
        better: Better::Lower,
        ..intervention(
            "intervention-reversed",
            "Interventions taken back",
            Unit::Share,
            "Of the posts on which a person stepped in, those where something was taken back before the window's end.",
            "|{posts with a human act taken back}| / |{posts with a human act}|, Wilson interval",
            "Young decisions have had less time: the reversal rate waits for thirty days.",
        )
    },
    Definition {
        better: Better::Lower,
        ..intervention(
            "intervention-silence",
            "Weeks without a moderator",
            Unit::Weeks,
            "How many full weeks at the window's end passed without any human act. From four weeks with 500 posts on, somebody must check whether flags reach anyone, with a test flag.",
            "number of full ISO weeks before the window's end without a human act in a row; n = posts published in them",
            "A small, kind place can be silent for good reasons; the check costs a minute.",
        )
    },
    Definition {
        better: Better::Higher,
        ..intervention(
            "coverage",
            "Coverage",
            Unit::Share,
            "Of the posts published in the window, those that staff have read or that were written while at least one rule looked, in shadow or in force.",
            "|{posts no further in their topic than staff have read, or published while a rule looked}| / |{posts published}|, Wilson interval",
            "Staff reading is known for our own place only; what they read on other channels is not seen here.",
        )
    },
    violation(
        "violation-rate",
        "Upheld violations",
        Unit::PerThousand,
        "For every thousand posts published, those that people found to break the guidelines, and where that stands.",
        "|{posts or members with an upheld violation in the window}| / |{posts published in the window}| x 1000, Wilson interval; upheld: a standing human decision that cites a clause, an upheld flag, or a standing removal of before",
        UPHELD,
    ),
    violation(
        "violations-by-clause",
        "Violations by clause",
        Unit::PerThousand,
        "The same, apart by clause.",
        "as violation-rate, for each clause; a flag upheld without a decision counts under the clause of its reason",
        UPHELD,
    ),
    violation(
        "violations-by-severity",
        "Violations by severity",
        Unit::PerThousand,
        "The same, apart by how grave the gravest clause is.",
        "as violation-rate, for each severity of the clause in the version cited",
        UPHELD,
    ),
    violation(
        "violators-rate",
        "People in violation",
        Unit::PerThousand,
        "For every thousand people who took part in the window, those found to have broken the guidelines at least once.",
        "|{people with an upheld violation}| / |{people contributing in the window, or in violation}| x 1000, Wilson interval",
        UPHELD,
    ),
    violation(
        "prevalence",
        "Prevalence in a blind sample",
        Unit::Share,
        "Every week 100 published posts are drawn by chance and judged by people who see neither author nor flags. This is the share that breaks the guidelines. Partial results say how many were judged.",
        "breaches / judged posts that could be told, over the samples of the window's full weeks, Wilson interval",
        "A hundred posts find rare things rarely: 0 of 100 still allows up to 3.7 %. Weeks weigh by how many of their posts were judged.",
    ),
    violation(
        "prevalence-unreported",
        "Prevalence that nobody reported",
        Unit::Share,
        "The part of that share that no member had flagged: what flags can never tell of.",
        "breaches without a flag / judged posts that could be told, Wilson interval",
        "As prevalence. What was flagged after the draw counts as reported.",
    ),
    resolution(
        "resolution-median",
        "Violation resolution time, median",
        Unit::Hours,
        "Half of the cases that began in the window were decided within this time, from the first flag, match of a rule in force or machine reading shown to a person, to the final decision.",
        "smallest t with Kaplan-Meier S(t) <= 0.5; overlapping triggers on a post are one case; open cases censored at the window's end",
    ),
    resolution(
        "resolution-p90",
        "Violation resolution time, 90 of 100",
        Unit::Hours,
        "Nine of ten cases were decided within this time.",
        "smallest t with S(t) <= 0.1",
    ),
    Definition {
        better: Better::Higher,
        ..resolution(
            "resolution-within-target",
            "Decided within target",
            Unit::Share,
            "Of the cases that were decided or are past their time, those decided in time. Severe matters have the desk's urgent target, serious ones the high one, all others the normal one; hours count as in the inbox.",
            "met / (met + missed); open past the target: missed; open before it: at risk, in neither; Wilson interval",
        )
    },
    resolution(
        "visible-median",
        "Time visible, median",
        Unit::Hours,
        "Half of the posts in question could be seen for no longer than this after the first word that something is wrong, until they were put out of sight or cleared: that is what harms.",
        "smallest t with S(t) <= 0.5 of the time from the case's start to hidden, deleted or decided; 0 when out of sight before",
    ),
    resolution(
        "visible-p90",
        "Time visible, 90 of 100",
        Unit::Hours,
        "Nine of ten posts in question could be seen for no longer than this.",
        "smallest t with S(t) <= 0.1",
    ),
    quality(
        "reversal-rate",
        "Reversal rate",
        Unit::Share,
        Better::Lower,
        "Of the decisions by people that are thirty days old, those taken back within thirty days, by clause. By moderator it is shown to that person and those who lead only.",
        "|{undone <= 30 d}| / |{restricting human decisions made in the window, >= 30 d old}|, Wilson interval",
        "Zero can mean that nobody dares to take anything back.",
    ),
    quality(
        "reversal-rate-automatic",
        "Reversal rate of programs",
        Unit::Share,
        Better::Lower,
        "The same of decisions that a program made alone, by rule.",
        "|{undone <= 30 d}| / |{restricting automatic decisions made in the window, >= 30 d old}|, Wilson interval",
        "What nobody looks at is never taken back.",
    ),
    quality(
        "appeal-rate",
        "Appeal rate",
        Unit::Share,
        Better::Neither,
        "Of the decisions of the window that could be appealed, those that were.",
        "|{appealed}| / |{restricting decisions made in the window}|, Wilson interval",
        "Low where appealing is hard or pointless. Always read it with the overturn rate.",
    ),
    quality(
        "overturn-rate",
        "Overturn rate",
        Unit::Share,
        Better::Lower,
        "Of the appeals against decisions of the window that somebody else has decided, those that were right.",
        "|{overturned}| / |{overturned or upheld}|, Wilson interval",
        "It falls when appealing is hard: always read it with the appeal rate.",
    ),
    quality(
        "rule-precision",
        "Rule precision",
        Unit::Share,
        Better::Higher,
        "Of the matches of rules that people have looked at, those that they upheld, by rule; over the latest version of each, whatever the window.",
        "upheld matches / reviewed matches, Wilson interval",
        "Matches that nobody looked at are in neither: a rule with few looks has a wide interval.",
    ),
    quality(
        "agreement",
        "Agreement of second looks",
        Unit::Kappa,
        Better::Higher,
        "One in twenty posts that somebody decided on (or more, where managers chose so) is judged again by somebody else who knows nothing of that. Kappa is how far the two agree on fine or not beyond chance: 0 none, 1 all.",
        "Cohen's kappa over fine and breaks, (po - pe) / (1 - pe); standard error of Fleiss, Cohen and Everitt (1969), 95 % normal interval",
        "Low when almost everything is one thing, even if people seldom differ: read the table behind it. What the second could not tell is left out.",
    ),
    quality(
        "agreement-clause",
        "Agreement on the clause",
        Unit::Kappa,
        Better::Higher,
        "The same over fine and each clause: two people who both see a breach, but of different clauses, differ here.",
        "Cohen's kappa over fine and every clause cited; interval as agreement",
        "Clauses that overlap lower it; that is a matter for the guidelines, not for the people.",
    ),
    quality(
        "equity-actions",
        "Newcomers acted on more often",
        Unit::Points,
        Better::Neither,
        "The share of newcomers' posts on which a person stepped in, minus that of all others. A newcomer joined less than thirty days before.",
        "k/n of posts by newcomers - k/n of posts by others; Newcombe's hybrid score interval",
        FAIR,
    ),
    quality(
        "equity-reversals",
        "Newcomers' decisions reversed more often",
        Unit::Points,
        Better::Neither,
        "The reversal rate of decisions about newcomers, minus that of decisions about all others: above zero, newcomers were judged wrongly more often.",
        "reversal rate (newcomers) - reversal rate (others); Newcombe's hybrid score interval",
        FAIR,
    ),
    quality(
        "equity-harshness",
        "Newcomers restricted more often for the same clause",
        Unit::Points,
        Better::Neither,
        "Of people found to have broken the same clause, the share who were restricted themselves (approval, mute, silence, suspension, ban): newcomers minus all others.",
        "Mantel-Haenszel difference of shares over clauses, variance of Greenland and Robins (1985)",
        FAIR,
    ),
    workload(
        "workload-acts",
        "Acts a week",
        Unit::Acts,
        "Decisions, decided flags, blind reviews and steps in the inbox, on average for a week of the window; what was done to one thing at one time is one act.",
        "acts / weeks of the window",
    ),
    workload(
        "workload-outside-hours",
        "Outside their hours",
        Unit::Share,
        "The share of these acts outside the hours that the person set for themselves; without them, outside the community's opening hours.",
        "acts outside hours / acts, Wilson interval; nothing when always open",
    ),
    workload(
        "workload-severe",
        "Severe matters met",
        Unit::Acts,
        "On how many different posts or members this person dealt with a severe violation.",
        "|{things with an act under a severe clause}|",
    ),
    workload(
        "workload-longest-run",
        "Longest run of days",
        Unit::Days,
        "The most days in a row with at least one act.",
        "longest run of consecutive calendar days of the community's zone with an act",
    ),
    workload(
        "workload-reversals",
        "Own decisions reversed",
        Unit::Share,
        "Of this person's decisions of the window that are thirty days old, those taken back within thirty days.",
        "|{undone <= 30 d}| / |{restricting decisions by the person, >= 30 d old}|, Wilson interval",
    ),
];

const fn intervention(
    id: &'static str,
    name: &'static str,
    unit: Unit,
    says: &'static str,
    formula: &'static str,
    pitfalls: &'static str,
) -> Definition {
    Definition {
        id,
        version: 1,
        name,
        family: Family::Intervention,
        unit,
        better: Better::Neither,
        behind: Behind::Cases,
        says,
        formula,
        pitfalls,
    }
}

const fn violation(
    id: &'static str,
    name: &'static str,
    unit: Unit,
    says: &'static str,
    formula: &'static str,
    pitfalls: &'static str,
) -> Definition {
    let better = Better::Lower;
    Definition { family: Family::Violations, better, ..intervention(id, name, unit, says, formula, pitfalls) }
}

const fn resolution(
    id: &'static str,
    name: &'static str,
    unit: Unit,
    says: &'static str,
    formula: &'static str,
) -> Definition {
    let better = Better::Lower;
    Definition {
        family: Family::Resolution,
        better,
        ..intervention(id, name, unit, says, formula, OPEN_CASES)
    }
}

const fn quality(
    id: &'static str,
    name: &'static str,
    unit: Unit,
    better: Better,
    says: &'static str,
    formula: &'static str,
    pitfalls: &'static str,
) -> Definition {
    let behind = match id.as_bytes() {
        [b'r', b'u', b'l', b'e', ..] => Behind::Nobody,
        _ => Behind::Cases,
    };
    Definition {
        family: Family::Quality,
        better,
        behind,
        ..intervention(id, name, unit, says, formula, pitfalls)
    }
}

const fn workload(
    id: &'static str,
    name: &'static str,
    unit: Unit,
    says: &'static str,
    formula: &'static str,
) -> Definition {
    let behind = Behind::Nobody;
    Definition { family: Family::Workload, behind, ..intervention(id, name, unit, says, formula, ONE_PERSON) }
}
