//! What is said: a beat of a conversation becomes Markdown, in the voice of the one who speaks.

use super::dice::{Dice, mix, seed_of};
use super::grammar::{Grammar, Section, Voices};
use super::story::Story;
use super::talk::Beat;

/// How somebody writes, the same in every post.
#[derive(Clone, Copy, Debug)]
struct Manner {
    greets: bool,
    signs: bool,
    closes: bool,
}

impl Manner {
    fn of(seed: u64, person: u32) -> Self {
        let mut dice = Dice::new(mix(seed, u64::from(person) ^ 0x766f_6963_6521));
        Self { greets: dice.chance(0.35), signs: dice.chance(0.09), closes: dice.chance(0.4) }
    }
}

impl Beat {
    /// The section of the scene, and of the small talk, that this beat speaks from.
    fn section(self) -> &'static str {
        match self {
            Self::Clarify => "clarify",
            Self::Tell => "tell",
            Self::Wrong => "wrong",
            Self::NoLuck => "noluck",
            Self::Answer => "answer",
            Self::Thanks => "thanks",
            Self::MeToo => "metoo",
            Self::Aside => "aside",
            Self::Bump => "bump",
            Self::Chat(_) => "reply",
            Self::Reply => "op",
            Self::Accept | Self::Edit(_) | Self::Delete | Self::Withdraw => "",
        }
    }

    fn is_help(self) -> bool {
        matches!(self, Self::Answer | Self::Clarify | Self::Wrong)
    }
}

impl Story {
    /// The Markdown of a reply, or nothing when everything has been said.
    pub(crate) fn compose(
        &mut self,
        key: u32,
        beat: Beat,
        author: u32,
        to: u32,
        quoted: &str,
    ) -> Option<String> {
        let talk = self.talks.get(&key)?;
        let (english, length) = (talk.language == "en", talk.said.len());
        let words = self.speak(key, beat.section(), author, to)?;
        let manner = Manner::of(self.setting.seed, author);
        let mut body = String::with_capacity(words.len() + 80);
        let quote = first_sentence(quoted);
        if !quote.is_empty() {
            body.push_str("> ");
            body.push_str(quote);
            body.push_str("\n\n");
        } else if beat.is_help()
            && english
            && manner.greets
            && length < 3
            && let Some(greeting) = self.speak(key, "greeting", author, to)
        {
            body.push_str(&greeting);
            body.push_str(if greeting.ends_with(',') || words.len() > 240 { "\n\n" } else { " " });
        }
        body.push_str(&words);
        if beat.is_help()
            && english
            && manner.closes
            && self.dice.chance(0.5)
            && let Some(closing) = self.speak(key, "closing", author, to)
        {
            body.push_str("\n\n");
            body.push_str(&closing);
        }
        if manner.signs && english && beat.is_help() {
            let (name, _) = self.name(author);
            body.push_str("\n\n– ");
            body.push_str(name.split(' ').next().unwrap_or(&name));
        }
        Some(body)
    }

    /// One alternative of a section: of the scene while it has something new, else of the small talk.
    pub(crate) fn speak(&mut self, key: u32, section: &str, author: u32, to: u32) -> Option<String> {
        let talk = self.talks.get_mut(&key)?;
        let scene = self.grammar.scene(talk.scene)?;
        let own = scene.section(section);
        let loud = !scene.props.contains_key("quiet");
        let manner = scene.props.get("manner").filter(|_| loud);
        let manner = manner.and_then(|manner| small_talk(&self.grammar, manner, section));
        let common = if loud { small_talk(&self.grammar, &talk.language, section) } else { None };
        let start = if scene.props.contains_key("ordered") { None } else { Some(talk.seed) };
        let (section, which) = [own, manner.or(common)].into_iter().flatten().find_map(|known| {
            take(&mut talk.used, known, start, self.grammar.len(known)).map(|n| (known, n))
        })?;
        let (seed, asker) = (talk.seed, talk.asker);
        let (asker, author, to) = (self.name(asker), self.name(author), self.name(to));
        let voices =
            Voices { seed, asker: (&asker.0, &asker.1), author: (&author.0, &author.1), to: (&to.0, &to.1) };
        let mut out = String::with_capacity(256);
        self.grammar.say(&mut out, section, which, &voices, &mut self.dice);
        Some(tidy(out))
    }
}

/// The section of the small talk of a language, or of a manner of scenes.
fn small_talk(grammar: &Grammar, name: &str, section: &str) -> Option<Section> {
    grammar
        .of_kind("glue")
        .find(|(_, scene)| scene.name == name)
        .and_then(|(_, scene)| scene.section(section))
}

/// The next alternative of a section with `count`, begun at a place that follows from the seed (at the first
/// without one), so that nothing is said twice in one conversation.
fn take(
    used: &mut Vec<(Section, usize)>,
    section: Section,
    seed: Option<u64>,
    count: usize,
) -> Option<usize> {
    let place = used.iter().position(|(known, _)| *known == section).unwrap_or_else(|| {
        used.push((section, 0));
        used.len() - 1
    });
    let (_, taken) = used.get_mut(place).filter(|(_, taken)| *taken < count)?;
    *taken += 1;
    let start = seed.map_or(0, |seed| Dice::new(mix(seed, seed_of("section") ^ place as u64)).below(count));
    Some((start + *taken - 1) % count)
}

/// Takes away the gaps that empty choices leave, but not within code.
fn tidy(text: String) -> String {
    if text.contains("```") || !text.contains("  ") && !text.ends_with(' ') && !text.contains(" \n") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == '\n' || (letter == ' ' && out.ends_with([' ', '\n'])) {
            out.truncate(out.trim_end_matches(' ').len());
        }
        if letter != ' ' || !out.is_empty() {
            out.push(letter);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The first sentence of a text's first line of prose, to be quoted; nothing when there is none of a fit length.
fn first_sentence(text: &str) -> &str {
    let prose = |line: &&str| {
        line.len() > 20
            && !line.contains(['=', ';', '`'])
            && line.starts_with(|first: char| first.is_alphabetic())
            && !line.starts_with('>')
    };
    let Some(line) = text.lines().find(prose) else { return "" };
    let end = line.find(['.', '?', '!']).map_or(line.len(), |end| end + 1);
    line.get(..end).filter(|sentence| (30..160).contains(&sentence.len())).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_a_sentence() {
        for (text, expect) in [
            ("It stopped again on Friday morning. Then it rained.", "It stopped again on Friday morning."),
            ("> before\n\nNo valve opens since the update", "No valve opens since the update"),
            ("Short.", ""),
            ("```\nlet code = here.is();\n```", ""),
        ] {
            assert_eq!(first_sentence(text), expect);
        }
    }
}
