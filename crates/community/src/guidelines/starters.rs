//! Six sets of guidelines to begin with, for the kinds of community there are. Short, to be made one's own.

use super::model::Severity;

/// A clause of a starter set, in English.
#[derive(Clone, Copy, Debug)]
pub struct StarterClause {
    /// Its name through all versions.
    pub slug: &'static str,
    /// How much it matters when it is broken.
    pub severity: Severity,
    /// Its heading.
    pub title: &'static str,
    /// In plain language.
    pub summary: &'static str,
    /// The whole text.
    pub body: &'static str,
}

/// A set to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Starter {
    /// The word in the form.
    pub name: &'static str,
    /// For whom it is.
    pub label: &'static str,
    own: &'static [StarterClause],
}

impl Starter {
    /// What every community needs, then what this kind needs.
    pub fn clauses(&self) -> impl Iterator<Item = &'static StarterClause> {
        COMMON.iter().chain(self.own)
    }
}

const fn clause(
    slug: &'static str,
    severity: Severity,
    title: &'static str,
    summary: &'static str,
    body: &'static str,
) -> StarterClause {
    StarterClause { slug, severity, title, summary, body }
}

const COMMON: &[StarterClause] = &[
    clause(
        "be-kind",
        Severity::Serious,
        "Be kind",
        "Disagree with what was said, never with who said it.",
        "Assume that the other person means well. Say what is wrong with an idea and how it could be better. Insults, \
         mockery and pile-ons are not arguments, also when you are right.",
    ),
    clause(
        "no-harassment",
        Severity::Severe,
        "No harassment, no hate",
        "Nobody is threatened, stalked or put down for who they are.",
        "Threats, sexual advances that are not wanted, following somebody from topic to topic, and contempt for people \
         because of origin, belief, gender, orientation, age, body or health have no place here, in public or in private.",
    ),
    clause(
        "privacy",
        Severity::Severe,
        "What is private stays private",
        "Do not publish what others did not publish themselves.",
        "Names, addresses, pictures, private messages and documents of other people need their consent. Take keys, \
         passwords and customer data out of what you paste.",
    ),
    clause(
        "no-spam",
        Severity::Serious,
        "No advertising in disguise",
        "Say what you sell, and only where somebody asked.",
        "Links to your own things are welcome when they answer the question and you say that they are yours. Bulk \
         posts, paid links and accounts made to promote something are removed.",
    ),
    clause(
        "lawful",
        Severity::Severe,
        "Nothing that breaks the law",
        "Unlawful content is removed and, where the law says so, reported.",
        "That includes content that infringes rights of others, calls for violence, and any sexual content that \
         involves minors.",
    ),
];

/// All sets.
pub const STARTERS: &[Starter] = &[
    Starter { name: "support", label: "Support: people help each other with a product", own: SUPPORT },
    Starter { name: "product", label: "Product: feedback, ideas and early versions", own: PRODUCT },
    Starter { name: "developer", label: "Developers: code, interfaces, open work", own: DEVELOPER },
    Starter { name: "internal", label: "Internal: colleagues of one organisation", own: INTERNAL },
    Starter { name: "neighbourhood", label: "Neighbourhood: people of one place", own: NEIGHBOURHOOD },
    Starter { name: "practice", label: "Practice: people of one profession", own: PRACTICE },
];

const SUPPORT: &[StarterClause] = &[
    clause(
        "ask-well",
        Severity::Minor,
        "Ask so that others can help",
        "Say what you did, what you expected and what happened.",
        "One question a topic. Name the version and the device, and paste messages as text. Mark the answer that \
         helped: the next person will find it.",
    ),
    clause(
        "safe-advice",
        Severity::Serious,
        "Give advice that does no harm",
        "Say when a step can lose data, money or health.",
        "Advice that can damage a device, delete data or endanger people needs a warning before it. If you are not \
         sure, say so.",
    ),
    clause(
        "on-topic",
        Severity::Minor,
        "Keep to the question",
        "A new question is a new topic.",
        "Replies that lead elsewhere may be moved to a topic of their own.",
    ),
];

const PRODUCT: &[StarterClause] = &[
    clause(
        "one-idea",
        Severity::Minor,
        "One idea a topic",
        "Say which problem it solves, then what you would build.",
        "Search first and add your case to an idea that is there: ten cases in one place weigh more than ten topics.",
    ),
    clause(
        "confidential",
        Severity::Severe,
        "What is confidential stays here",
        "Early versions and plans are not shared outside.",
        "What is shown in a closed space is not to be copied, pictured or quoted elsewhere until it is announced.",
    ),
    clause(
        "no-campaigns",
        Severity::Minor,
        "No campaigns",
        "One vote a person, no calls to vote elsewhere.",
        "Several accounts, bought votes and repeated topics to push a wish do not make it weigh more.",
    ),
];

const DEVELOPER: &[StarterClause] = &[
    clause(
        "reproduce",
        Severity::Minor,
        "Show what can be reproduced",
        "The shortest code that shows the problem, as text.",
        "Name versions, paste the whole message, and leave out what is not needed. Pictures of code cannot be run.",
    ),
    clause(
        "licences",
        Severity::Serious,
        "Respect licences",
        "Post code that you may post, and say where it is from.",
        "Quote others with their name and licence. Keep code of your employer out unless you may share it.",
    ),
    clause(
        "security-reports",
        Severity::Serious,
        "Report weaknesses privately first",
        "A weakness that is not mended goes to the security contact.",
        "Do not publish ways to exploit it before users could update.",
    ),
];

const INTERNAL: &[StarterClause] = &[
    clause(
        "confidential",
        Severity::Severe,
        "Inside stays inside",
        "What is said here is for colleagues.",
        "Do not forward it outside. Personal matters of colleagues and customers do not belong in open spaces.",
    ),
    clause(
        "open-by-default",
        Severity::Minor,
        "Open by default",
        "Ask in the open space, so that the answer helps all.",
        "Rank does not decide an argument here. Critique of work is welcome; blame of people is not.",
    ),
    clause(
        "working-hours",
        Severity::Minor,
        "Nobody owes an answer at night",
        "Mark what is urgent, and let the rest wait.",
        "Mention whole teams only when all of them must act.",
    ),
];

const NEIGHBOURHOOD: &[StarterClause] = &[
    clause(
        "neighbours",
        Severity::Serious,
        "We will meet at the bakery",
        "Write as you would speak across the fence.",
        "Do not accuse neighbours by name or picture. Suspicions of a crime go to the police, not to a topic.",
    ),
    clause(
        "checked-news",
        Severity::Serious,
        "Only warn of what you know",
        "Say where news is from before you spread it.",
        "Rumours about danger, people or shops do harm. Say what you saw yourself and what you heard.",
    ),
    clause(
        "fair-deals",
        Severity::Minor,
        "Fair deals",
        "Say price, state and place; close the topic when it is gone.",
        "Trades work among members only. Weapons, medicines and animals are not traded here.",
    ),
];

const PRACTICE: &[StarterClause] = &[
    clause(
        "cases",
        Severity::Severe,
        "Cases without names",
        "Nobody whose case you tell can be recognised.",
        "Change or leave out whatever could identify clients, patients, pupils or employers, together as well.",
    ),
    clause(
        "evidence",
        Severity::Serious,
        "Say what you rest on",
        "Tell apart what is shown, what is custom and what is your view.",
        "Link sources, name interests, and correct yourself in the post when you were wrong.",
    ),
    clause(
        "give-back",
        Severity::Minor,
        "Give back",
        "When you found the answer, write it down here.",
        "Beginners' questions are welcome: everybody was one.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_set_has_clauses_of_its_own_and_no_slug_twice() {
        assert_eq!(STARTERS.len(), 6);
        for set in STARTERS {
            let slugs: Vec<&str> = set.clauses().map(|clause| clause.slug).collect();
            assert_eq!(slugs.iter().collect::<HashSet<_>>().len(), slugs.len(), "{}", set.name);
            assert!(slugs.len() > COMMON.len() + 2, "{}", set.name);
            for clause in set.clauses() {
                assert_eq!(mainstreet_kernel::text::slug(clause.slug), clause.slug);
                assert!(clause.summary.chars().count() <= 200 && clause.title.chars().count() <= 80);
            }
        }
    }
}
