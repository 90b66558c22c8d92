//! The language the texts are written in, and how a text is spoken.
//!
//! A file of `texts/` is a row of scenes. `@@ KIND NAME` begins one, `@= key: value` gives it a property,
//! `@ SECTION` begins alternatives of one line each (`¶` is a new paragraph, `↵` a new line; a line that
//! begins with one of them goes on with the one before), `@+ SECTION`
//! alternatives of several lines with a line `~` between them. Inside an alternative:
//!
//! - `{a|b|}` is one of these, nested as deep as you like;
//! - `<plant>` is one item of the list scene `plant`, `<.where>` one alternative of this scene's own section;
//! - `<#5-40>` is a number; `=` before a name or `#` (`<=plant>`, `<=#5-40>`) keeps the same choice through
//!   the whole conversation, `.2` at the end makes a second independent choice; `^` begins with a capital;
//! - `<asker>`, `<author>`, `<to>` are people by first name, `<@to>` mentions them by handle;
//! - `\` before a character takes it literally.

use std::collections::HashMap;

use super::dice::{Dice, mix, seed_of};

/// One piece of a text.
#[derive(Debug)]
enum Piece {
    Text(String),
    Choice(Vec<Vec<Piece>>),
    Slot { section: Section, keep: Option<u64>, capital: bool },
    Number { low: u64, high: u64, keep: Option<u64> },
    Person { who: Who, mention: bool },
}

#[derive(Debug, Clone, Copy)]
enum Who {
    Asker,
    Author,
    To,
}

/// A list of alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section(usize);

/// A family of conversations, or a list of words.
#[derive(Debug)]
pub(crate) struct Scene {
    /// What it is for: `question`, `talk`, `list`, `glue` ...
    pub(crate) kind: String,
    /// Its name, unique within its kind.
    pub(crate) name: String,
    /// Its `@=` lines.
    pub(crate) props: HashMap<String, String>,
    sections: HashMap<String, Section>,
}

impl Scene {
    /// The section called `name`, if the scene has one.
    pub(crate) fn section(&self, name: &str) -> Option<Section> {
        self.sections.get(name).copied()
    }

    /// A property split at commas; empty when absent.
    pub(crate) fn list(&self, key: &str) -> impl Iterator<Item = &str> {
        self.props.get(key).into_iter().flat_map(|value| value.split(',').map(str::trim))
    }

    /// A property as a number, or `otherwise`.
    pub(crate) fn number(&self, key: &str, otherwise: f64) -> f64 {
        self.props.get(key).and_then(|value| value.parse().ok()).unwrap_or(otherwise)
    }
}

/// Who speaks, to whom, in which conversation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voices<'a> {
    /// The conversation's seed: kept choices follow from it.
    pub(crate) seed: u64,
    /// The person who began the conversation: name, handle.
    pub(crate) asker: (&'a str, &'a str),
    /// The person who speaks.
    pub(crate) author: (&'a str, &'a str),
    /// The person spoken to.
    pub(crate) to: (&'a str, &'a str),
}

/// All scenes, parsed.
#[derive(Debug)]
pub(crate) struct Grammar {
    scenes: Vec<Scene>,
    sections: Vec<Vec<Vec<Piece>>>,
}

impl Grammar {
    /// Parses `files`, each with its name for messages. The error says where and what.
    pub(crate) fn parse(files: &[(&str, &str)]) -> Result<Self, String> {
        let mut raw = Vec::new();
        for (file, text) in files {
            read_file(file, text, &mut raw)?;
        }
        let mut grammar = Self { scenes: Vec::new(), sections: Vec::new() };
        let (mut lists, mut count) = (HashMap::new(), 0);
        for scene in &raw {
            let mut sections = HashMap::new();
            for name in scene.sections.iter().map(|(name, _)| name) {
                sections.insert(name.clone(), Section(count));
                count += 1;
            }
            if scene.kind == "list" {
                lists.insert(scene.name.clone(), sections.get("items").copied().unwrap_or(Section(0)));
            }
            let (kind, name) = (scene.kind.clone(), scene.name.clone());
            grammar.scenes.push(Scene { kind, name, props: scene.props.clone(), sections });
        }
        for (raw, scene) in raw.iter().zip(&grammar.scenes) {
            for (name, alternatives) in &raw.sections {
                let mut parsed = Vec::new();
                for text in alternatives {
                    let mut parser = Parser { rest: text, lists: &lists, scene };
                    let pieces = parser
                        .sequence(false)
                        .map_err(|why| format!("{} {name}: {why}: {text}", scene.name))?;
                    parsed.push(pieces);
                }
                grammar.sections.push(parsed);
            }
        }
        Ok(grammar)
    }

    /// Every scene of a kind, with its number.
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (usize, &'a Scene)> {
        self.scenes.iter().enumerate().filter(move |(_, scene)| scene.kind == kind)
    }

    /// The scene with this number.
    pub(crate) fn scene(&self, number: usize) -> Option<&Scene> {
        self.scenes.get(number)
    }

    /// How many alternatives a section has.
    pub(crate) fn len(&self, section: Section) -> usize {
        self.sections.get(section.0).map_or(0, Vec::len)
    }

    /// Appends alternative number `which` of `section` to `out`.
    pub(crate) fn say(
        &self,
        out: &mut String,
        section: Section,
        which: usize,
        voices: &Voices<'_>,
        dice: &mut Dice,
    ) {
        if let Some(pieces) = self.sections.get(section.0).and_then(|alternatives| alternatives.get(which)) {
            self.speak(out, pieces, voices, dice);
        }
    }

    /// Appends any alternative of `section` to `out`.
    pub(crate) fn say_any(&self, out: &mut String, section: Section, voices: &Voices<'_>, dice: &mut Dice) {
        let which = dice.below(self.len(section));
        self.say(out, section, which, voices, dice);
    }

    fn speak(&self, out: &mut String, pieces: &[Piece], voices: &Voices<'_>, dice: &mut Dice) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Choice(choices) => {
                    if let Some(choice) = dice.pick(choices) {
                        self.speak(out, choice, voices, dice);
                    }
                }
                Piece::Slot { section, keep, capital } => {
                    let start = out.len();
                    match keep {
                        Some(key) => {
                            self.say_any(out, *section, voices, &mut Dice::new(mix(voices.seed, *key)));
                        }
                        None => self.say_any(out, *section, voices, dice),
                    }
                    if *capital {
                        capitalise(out, start);
                    }
                }
                Piece::Number { low, high, keep } => {
                    let span = (high - low + 1) as usize;
                    let step = match keep {
                        Some(key) => Dice::new(mix(voices.seed, *key)).below(span),
                        None => dice.below(span),
                    };
                    out.push_str(&(low + step as u64).to_string());
                }
                Piece::Person { who, mention } => {
                    let (name, handle) = match who {
                        Who::Asker => voices.asker,
                        Who::Author => voices.author,
                        Who::To => voices.to,
                    };
                    if *mention {
                        out.push('@');
                        out.push_str(handle);
                    } else {
                        out.push_str(name.split(' ').next().unwrap_or(name));
                    }
                }
            }
        }
    }
}

/// Makes the first letter after `start` a capital.
fn capitalise(out: &mut String, start: usize) {
    let tail = out.split_off(start);
    let mut letters = tail.chars();
    if let Some(first) = letters.next() {
        out.extend(first.to_uppercase());
        out.push_str(letters.as_str());
    }
}

/// A scene before its texts are parsed.
struct RawScene {
    kind: String,
    name: String,
    props: HashMap<String, String>,
    sections: Vec<(String, Vec<String>)>,
}

fn read_file(file: &str, text: &str, raw: &mut Vec<RawScene>) -> Result<(), String> {
    let mut blocks = false;
    for (number, line) in text.lines().enumerate() {
        let at = |why: &str| format!("{file}:{}: {why}", number + 1);
        if let Some(head) = line.strip_prefix("@@ ") {
            let (kind, name) =
                head.trim().split_once(' ').ok_or_else(|| at("a scene has a kind and a name"))?;
            let (kind, name) = (kind.to_owned(), name.to_owned());
            let sections = if kind == "list" { vec![("items".to_owned(), Vec::new())] } else { Vec::new() };
            raw.push(RawScene { kind, name, props: HashMap::new(), sections });
            blocks = false;
            continue;
        }
        let scene = match raw.last_mut() {
            Some(scene) => scene,
            None if line.is_empty() || line.starts_with('%') => continue,
            None => return Err(at("text before the first scene")),
        };
        if let Some(prop) = line.strip_prefix("@= ") {
            let (key, value) = prop.split_once(':').ok_or_else(|| at("a property is key: value"))?;
            scene.props.insert(key.trim().to_owned(), value.trim().to_owned());
        } else if let Some(name) = line.strip_prefix("@ ") {
            scene.sections.push((name.trim().to_owned(), Vec::new()));
            blocks = false;
        } else if let Some(name) = line.strip_prefix("@+ ") {
            scene.sections.push((name.trim().to_owned(), vec![String::new()]));
            blocks = true;
        } else if let Some((_, alternatives)) = scene.sections.last_mut() {
            add_line(alternatives, line, blocks);
        } else if !line.is_empty() && !line.starts_with('%') {
            return Err(at("text before the first section"));
        }
    }
    for scene in raw.iter_mut() {
        for (_, alternatives) in &mut scene.sections {
            for text in alternatives.iter_mut() {
                *text = text.trim().replace('¶', "\n\n").replace('↵', "\n");
            }
            alternatives.retain(|text| !text.is_empty());
        }
    }
    Ok(())
}

fn add_line(alternatives: &mut Vec<String>, line: &str, blocks: bool) {
    if !blocks {
        if line.starts_with(['↵', '¶'])
            && let Some(last) = alternatives.last_mut()
        {
            last.push_str(line);
        } else if !line.starts_with('%') {
            alternatives.push(line.to_owned());
        }
    } else if line == "~" {
        alternatives.push(String::new());
    } else if let Some(last) = alternatives.last_mut() {
        last.push_str(line);
        last.push('\n');
    }
}

/// Reads one alternative.
struct Parser<'a> {
    rest: &'a str,
    lists: &'a HashMap<String, Section>,
    scene: &'a Scene,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.rest = &self.rest[letter.len_utf8()..];
        Some(letter)
    }

    /// Pieces up to the end, or (inside a choice) up to `|` or `}`, which stays unread.
    fn sequence(&mut self, inside: bool) -> Result<Vec<Piece>, String> {
        let (mut pieces, mut text) = (Vec::new(), String::new());
        while let Some(letter) = self.rest.chars().next() {
            if inside && (letter == '|' || letter == '}') {
                break;
            }
            self.next();
            let piece = match letter {
                '\\' => {
                    text.extend(self.next());
                    continue;
                }
                '{' => self.choice()?,
                '<' => self.slot()?,
                other => {
                    text.push(other);
                    continue;
                }
            };
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(piece);
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(pieces)
    }

    fn choice(&mut self) -> Result<Piece, String> {
        let mut choices = Vec::new();
        loop {
            choices.push(self.sequence(true)?);
            match self.next() {
                Some('|') => {}
                Some('}') => return Ok(Piece::Choice(choices)),
                _ => return Err("a { without its }".to_owned()),
            }
        }
    }

    fn slot(&mut self) -> Result<Piece, String> {
        let (inner, rest) = self.rest.split_once('>').ok_or("a < without its >")?;
        self.rest = rest;
        let capital = inner.starts_with('^');
        let inner = inner.trim_start_matches('^');
        let (keep, name) = match inner.strip_prefix('=') {
            Some(name) => (true, name),
            None => (false, inner),
        };
        if let Some(person) = person(name) {
            return Ok(person);
        }
        let keep = keep.then(|| seed_of(name));
        let local = name.starts_with('.');
        let name = name.trim_start_matches('.');
        let name = name.split('.').next().unwrap_or(name);
        if let Some(range) = name.strip_prefix('#') {
            let (low, high) = range.split_once('-').ok_or("a number is <#LOW-HIGH>")?;
            let (low, high) =
                (low.parse().map_err(|_| "bad number")?, high.parse().map_err(|_| "bad number")?);
            return if low <= high {
                Ok(Piece::Number { low, high, keep })
            } else {
                Err("empty range".to_owned())
            };
        }
        let section = if local { self.scene.section(name) } else { self.lists.get(name).copied() };
        let section = section.ok_or_else(|| format!("nothing is called <{inner}>"))?;
        Ok(Piece::Slot { section, keep, capital })
    }
}

fn person(name: &str) -> Option<Piece> {
    let (mention, name) = match name.strip_prefix('@') {
        Some(name) => (true, name),
        None => (false, name),
    };
    let who = match name {
        "asker" => Who::Asker,
        "author" => Who::Author,
        "to" => Who::To,
        _ => return None,
    };
    Some(Piece::Person { who, mention })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOICES: Voices<'_> =
        Voices { seed: 5, asker: ("Ada Okoro", "ada"), author: ("Bo Lind", "bo"), to: ("Cy", "cy") };

    #[track_caller]
    fn check(template: &str, expect: &str) {
        let file = format!("@@ list plant\nfig\n@@ talk x\n@ here\nin a {{pot}}\n@ t\n{template}\n");
        let spoken = Grammar::parse(&[("x", &file)]).map(|grammar| {
            let mut out = String::new();
            let section = grammar.scene(1).and_then(|scene| scene.section("t"));
            grammar.say_any(&mut out, section.unwrap_or(Section(0)), &VOICES, &mut Dice::new(1));
            out
        });
        assert_eq!(spoken.unwrap_or_else(|why| why), expect, "{template}");
    }

    #[test]
    fn speaks_what_is_written() {
        check("plain", "plain");
        check("a {b|b} c", "a b c");
        check("{{x}|{x|x}}{|}", "x");
        check("<plant> <^plant> <=plant.2>", "fig Fig fig");
        check("<.here>, <^.here>", "in a pot, In a pot");
        check("<#7-7> <=#7-7.b>", "7 7");
        check("<asker> <@author> <to>", "Ada @bo Cy");
        check(r"\{x\|y\} \<z>", "{x|y} <z>");
        check("a¶b↵c", "a\n\nb\nc");
    }

    #[test]
    fn says_where_a_text_is_wrong() {
        for (text, expect) in [
            ("@@ talk x\n@ t\n{a|b", "x t: a { without its }: {a|b"),
            ("@@ talk x\n@ t\n<nothing>", "x t: nothing is called <nothing>: <nothing>"),
            ("hello", "f:1: text before the first scene"),
            ("@@ talk", "f:1: a scene has a kind and a name"),
        ] {
            assert_eq!(Grammar::parse(&[("f", text)]).err().as_deref(), Some(expect));
        }
    }

    #[test]
    fn kept_choices_stay_the_same() -> Result<(), String> {
        let items = (0..50).map(|n| format!("item {n}\n")).collect::<String>();
        let file = format!("@@ list many\n{items}@@ talk x\n@ t\n<=many>\n<=many>\n");
        let grammar = Grammar::parse(&[("x", &file)])?;
        let section = grammar.scene(1).and_then(|scene| scene.section("t")).ok_or("no section")?;
        let say = |which, dice: &mut Dice| {
            let mut out = String::new();
            grammar.say(&mut out, section, which, &VOICES, dice);
            out
        };
        assert_eq!(say(0, &mut Dice::new(1)), say(1, &mut Dice::new(99)));
        Ok(())
    }
}
