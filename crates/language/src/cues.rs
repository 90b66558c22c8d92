//! Cues: phrases and shapes that say something about a text, each with words for the one who asks why.
//!
//! The phrases stand in `lexicon/cues.txt`. Cues are inputs of the trained weights and the reasons shown; the
//! few judgements without a trained weight (urgency, rumours, brand, law) rest on them alone.

use crate::goods;
use crate::harsh::{self, Harsh};
use crate::mail;
use crate::phrases;
use crate::prose::Prose;
use crate::reading::{Context, Span};
use crate::tokens::Tokens;

macro_rules! cues {
    ($($name:ident $key:literal $says:literal,)*) => {
        /// What a phrase or a shape says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Cue { $($name,)* }

        impl Cue {
            /// All of them; the position is the row of the weights.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// In words a moderator understands.
            pub(crate) fn says(self) -> &'static str {
                match self { $(Self::$name => $says,)* }
            }

            pub(crate) fn named(key: &str) -> Option<Self> {
                match key { $($key => Some(Self::$name),)* _ => None }
            }
        }
    };
}

cues! {
    Asks "asks" "asks something",
    HelpWanted "helpwanted" "wants help",
    Trouble "trouble" "reports that something fails",
    Suggests "suggests" "suggests something",
    Weighs "weighs" "weighs what should be",
    WeighsTwice "weighs2" "weighs what should be in several places",
    Complains "complains" "complains",
    Praises "praises" "thanks or praises",
    Networks "networks" "looks for people",
    Learns "learns" "is about learning",
    Announces "announces" "announces something",
    Answers "answers" "tells somebody what to do or how it is",
    Solved "solved" "says it is solved",
    NoReply "noreply" "says that no answer is needed",
    SmallTalk "smalltalk" "small talk",
    Outage "outage" "says that something is down",
    Security "security" "speaks of a break-in or a leak",
    DataLoss "dataloss" "says that data is lost",
    Harm "harm" "speaks of harm to a person",
    Legal "legal" "speaks of lawyers or courts",
    Privacy "privacy" "asks about personal data",
    Copyright "copyright" "speaks of copyright",
    Minors "minors" "may be about a child",
    Blocked "blocked" "cannot go on",
    Deadline "deadline" "has a deadline",
    Many "many" "says that others have it too",
    Pressing "pressing" "says that it is urgent",
    Promo "promo" "advertises",
    Rumour "rumour" "sounds like a rumour",
    Brand "brand" "touches the brand's name",
    Threatens "threatens" "threatens or wishes harm",
    Dismisses "dismisses" "tells somebody off",
    Reports "reports" "reports what others said",
    Contempt "contempt" "words of contempt",
    GroupContempt "groupcontempt" "contempt or harsh words beside a group of people",
    GroupDefended "groupdefended" "speaks up for a group of people",
    PersonScorned "scorn" "belittles a person",
    PromoTwice "promo2" "advertises in several places",
    PromoOften "promo4" "advertises throughout",
    HardSell "hardsell" "sells what unwanted mail sells",
    HardSellTwice "hardsell2" "sells in several places",
    HardSellOften "hardsell4" "sells throughout",
    Misspelt "misspelt" "goods misspelt to pass a filter",
    OptOut "optout" "offers to be taken off a list",
    Colleagues "colleagues" "reads like mail between people who work together",
    PassedOn "passedon" "passes on mail with its headers",
    Attached "attached" "has something attached",
    ByName "byname" "addresses one person by name",
    SignsOff "signsoff" "signed with a name alone",
    Loose "loose" "few words that hold sentences together",
    Gibberish "gibberish" "words nobody could say",
    Markup "markup" "left-over markup",
    SpeltOut "speltout" "a word spelt letter by letter",
    CutApart "cutapart" "goods cut apart to pass a filter",
    ColleaguesTwice "colleagues2" "reads so in several places",
    Figures "figures" "figures without an offer",
    Salad "salad" "words strung together without a sentence",
    ComplainsTwice "complains2" "complains in several places",
    Unheeded "unheeded" "says that it has gone on for long or was ignored",
    Bitter "bitter" "bitter or sarcastic",
    LetDown "letdown" "says that it expected or paid for better",
    Polite "polite" "polite words",
    Iam "iam" "speaks of oneself",
    YouAre "youare" "speaks to a person",
    Product "product" "speaks of a product",
    Group "group" "speaks of a group of people",
    QuestionMark "?" "has a question mark",
    EndsAsking "ends?" "ends with a question mark",
    StartsAsking "starts?" "starts with a question word",
    Shouts "shouts" "written in capitals",
    Exclaims "exclaims" "several exclamation marks",
    OneLink "link" "has a link",
    ManyLinks "links" "has several links",
    MostlyLinks "linksonly" "hardly more than links",
    ShortLink "shortlink" "link through a shortener",
    HasCode "code" "shows code or a log",
    HasQuote "quote" "quotes somebody",
    Mentions "mention" "addresses somebody by name",
    OpensTopic "opens" "opens a conversation",
    IsReply "reply" "is a reply",
    VeryShort "veryshort" "very short",
    Short "short" "short",
    Middling "middling" "of middling length",
    Lengthy "lengthy" "a few sentences and more",
    Long "long" "long",
    Numbers "numbers" "many numbers",
    Money "money" "names an amount of money",
    PhoneLike "phone" "has a telephone number",
    ListLike "list" "is a list",
    Hidden "hidden" "hidden or look-alike characters",
    Masked "masked" "spelt to pass a filter",
    Insult "insult" "uses an insult",
    InsultYou "insultyou" "insults the person spoken to",
    InsultSelf "insultself" "harsh about oneself",
    InsultThing "insultthing" "harsh about a thing, not a person",
    InsultGroup "insultgroup" "harsh about a group of people",
    InsultDenied "insultdenied" "the harsh word is denied or reported",
    Slur "slur" "uses a slur",
    Vulgar "vulgar" "coarse language",
    HarshWord "harsh" "harsh words",
    HarshAlone "harshalone" "harsh about nobody in sight",
    Smiles "smiles" "smiles",
    Frowns "frowns" "sad or angry face",
    TimeOfDay "time" "names a date or time",
}

/// A cue that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    /// Which.
    pub cue: Cue,
    /// Where, when it stands somewhere.
    pub span: Option<Span>,
}

/// The cues of one text: at most one of each kind in `kinds`, all occurrences in `all`.
#[derive(Debug, Default)]
pub(crate) struct Cues {
    /// Every occurrence, phrases in the order of the text.
    pub all: Vec<Found>,
}

impl Cues {
    /// True when `cue` was found.
    #[cfg(test)]
    pub(crate) fn has(&self, cue: Cue) -> bool {
        self.all.iter().any(|found| found.cue == cue)
    }

    /// How often `cue` was found.
    pub(crate) fn count(&self, cue: Cue) -> usize {
        self.all.iter().filter(|found| found.cue == cue).count()
    }

    /// Where `cue` was found first.
    pub(crate) fn first(&self, cue: Cue) -> Option<Found> {
        self.all.iter().copied().find(|found| found.cue == cue)
    }

    pub(crate) fn note(&mut self, cue: Cue, span: Option<Span>) {
        self.all.push(Found { cue, span });
    }

    fn note_if(&mut self, holds: bool, cue: Cue) {
        if holds {
            self.note(cue, None);
        }
    }
}

/// `key: value` lines of a lexicon file.
pub(crate) fn lines(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .map(|(key, value)| (key.trim(), value.trim()))
}

/// Finds the cues of a text.
pub(crate) fn cues(prose: &Prose, tokens: &Tokens, context: &Context<'_>) -> Cues {
    let mut found = Cues::default();
    let quoted = harsh::quotations(tokens);
    phrases::find(prose, tokens, &quoted, &mut found);
    marks(tokens, &mut found);
    harsh_words(tokens, &quoted, &mut found);
    goods::find(tokens, &mut found);
    mail::find(prose, tokens, &mut found);
    beside_groups(tokens, &mut found);
    let promo = found.count(Cue::Promo);
    let dense = |hits: usize, apart: usize| hits * apart >= tokens.words;
    found.note_if(promo >= 2 && dense(promo, 60), Cue::PromoTwice);
    found.note_if(promo >= 4 && dense(promo, 40), Cue::PromoOften);
    let sold = found.count(Cue::HardSell);
    found.note_if(sold >= 2 && dense(sold, 80), Cue::HardSellTwice);
    found.note_if(sold >= 4 && dense(sold, 60), Cue::HardSellOften);
    let offers = [Cue::HardSell, Cue::Promo, Cue::Money, Cue::Misspelt].map(|cue| found.count(cue));
    let figures = found.count(Cue::Numbers) > 0 && offers.iter().sum::<usize>() == 0;
    found.note_if(figures, Cue::Figures);
    let together = found.count(Cue::Colleagues);
    found.note_if(together >= 2, Cue::ColleaguesTwice);
    let unhappy = [Cue::Complains, Cue::Unheeded, Cue::Bitter, Cue::LetDown].map(|cue| found.count(cue));
    found.note_if(unhappy.iter().sum::<usize>() >= 2, Cue::ComplainsTwice);
    found.note_if(found.count(Cue::Weighs) >= 2, Cue::WeighsTwice);
    shape(prose, tokens, context, &mut found);
    found
}

fn marks(tokens: &Tokens, found: &mut Cues) {
    let (mut exclaims, mut money, mut numbers) = (0, false, 0);
    for (at, token) in tokens.all.iter().enumerate() {
        let form = tokens.form(token);
        if token.word {
            numbers += usize::from(form.bytes().next().is_some_and(|b| b.is_ascii_digit()));
            continue;
        }
        match form {
            "?" => found.note(Cue::QuestionMark, Some(token.span)),
            "!" => exclaims += 1,
            "£" | "$" | "€" => money |= tokens.at(at + 1).starts_with(|c: char| c.is_ascii_digit()),
            "🙂" | "😀" | "😊" | "😄" | "😂" | "🎉" | "❤" | "👍" | "🙏" | "😍" | "🚀" | "👏" =>
            {
                found.note(Cue::Smiles, Some(token.span));
            }
            "😡" | "😠" | "🤬" | "😞" | "😢" | "😭" | "👎" | "🙄" | "🤡" => {
                found.note(Cue::Frowns, Some(token.span));
            }
            ":" | ";" if matches!(tokens.at(at + 1), ")" | "d" | "p" | "-") => {
                found.note(Cue::Smiles, Some(token.span));
            }
            ":" if tokens.at(at + 1) == "(" => found.note(Cue::Frowns, Some(token.span)),
            _ => {}
        }
    }
    found.note_if(exclaims >= 2, Cue::Exclaims);
    found.note_if(money, Cue::Money);
    found.note_if(numbers >= 3 && numbers * 6 >= tokens.words, Cue::Numbers);
    let last = tokens
        .all
        .iter()
        .rev()
        .map(|token| tokens.form(token))
        .find(|form| !matches!(*form, ")" | ":" | "\""));
    found.note_if(last == Some("?"), Cue::EndsAsking);
    let first = tokens.all.iter().find(|token| token.word).map_or("", |token| tokens.form(token));
    const OPENERS: &[&str] = &[
        "how", "what", "why", "when", "where", "which", "who", "can", "could", "does", "do", "is", "are",
        "should", "would", "has", "have", "any", "anyone", "will", "did", "what's", "how's", "may",
    ];
    found.note_if(OPENERS.contains(&first), Cue::StartsAsking);
}

/// Words around a harsh word that say whom it meets.
fn harsh_words(tokens: &Tokens, quoted: &[bool], found: &mut Cues) {
    for (at, token) in tokens.all.iter().enumerate().filter(|(_, token)| token.word) {
        let known = harsh::kind(tokens.form(token), token.hash);
        let Some((kind, masked)) = known.or_else(|| harsh::spaced(tokens, at)) else { continue };
        if harsh::technical(tokens, at) {
            continue;
        }
        let span = Some(token.span);
        if masked {
            found.note(Cue::Masked, span);
        }
        let shown = quoted.get(at).copied().unwrap_or(false);
        let meets = if shown { Some(Cue::InsultDenied) } else { harsh::meets(tokens, at, kind) };
        let denied = meets == Some(Cue::InsultDenied);
        match kind {
            Harsh::Vulgar => found.note(Cue::Vulgar, span),
            // A word that is denied or only shown is not used.
            _ if denied => {}
            Harsh::Word => found.note(Cue::HarshWord, span),
            Harsh::Slur => found.note(Cue::Slur, span),
            Harsh::Insult => found.note(Cue::Insult, span),
        }
        found.note(meets.unwrap_or(Cue::HarshAlone), span);
    }
}

/// Contempt and a group of people in one sentence, or a group and somebody who speaks up for it.
fn beside_groups(tokens: &Tokens, found: &mut Cues) {
    if !found.all.iter().any(|seen| seen.cue == Cue::Group) {
        return;
    }
    let mut start = 0;
    let mut hits: Vec<(Cue, Span)> = Vec::new();
    let ends = tokens.all.iter().filter(|token| !token.word && matches!(tokens.form(token), "." | "!" | "?"));
    for end in ends.map(|token| token.span.end).chain([usize::MAX]) {
        let inside = |cues: &[Cue]| {
            let hit = |seen: &&Found| {
                cues.contains(&seen.cue) && seen.span.is_some_and(|s| s.start >= start && s.start < end)
            };
            found.all.iter().find(hit).and_then(|seen| seen.span)
        };
        if let Some(group) = inside(&[Cue::Group]) {
            let harsh =
                inside(&[Cue::Contempt, Cue::Threatens, Cue::Insult, Cue::Slur, Cue::HarshWord, Cue::Vulgar]);
            let kind = inside(&[Cue::InsultDenied, Cue::Reports, Cue::Polite, Cue::Praises]);
            match (harsh, kind) {
                (Some(harsh), None) => hits.push((Cue::GroupContempt, harsh)),
                (_, Some(_)) => hits.push((Cue::GroupDefended, group)),
                (None, None) => {}
            }
        }
        start = end;
    }
    for (cue, span) in hits {
        found.note(cue, Some(span));
    }
}

fn shape(prose: &Prose, tokens: &Tokens, context: &Context<'_>, found: &mut Cues) {
    const SHORTENERS: &[&str] = &[
        "bit.ly",
        "tinyurl.com",
        "goo.gl",
        "t.me",
        "wa.me",
        "cutt.ly",
        "is.gd",
        "ow.ly",
        "rb.gy",
        "shorturl.at",
    ];
    let foreign =
        |host: &str| !context.own_hosts.iter().any(|own| host == *own || host.ends_with(&format!(".{own}")));
    let links: Vec<_> = prose.links.iter().filter(|link| foreign(&link.host)).collect();
    if let Some(first) = links.first() {
        found.note(if links.len() > 1 { Cue::ManyLinks } else { Cue::OneLink }, Some(first.span));
        found.note_if(tokens.words < 8, Cue::MostlyLinks);
    }
    if let Some(short) = links.iter().find(|link| SHORTENERS.contains(&link.host.as_str())) {
        found.note(Cue::ShortLink, Some(short.span));
    }
    let shouted = tokens.shouted >= 3 && tokens.shouted * 2 >= tokens.words;
    found.note_if(shouted, Cue::Shouts);
    found.note_if(prose.code > 0, Cue::HasCode);
    found.note_if(prose.quoted > 0, Cue::HasQuote);
    found.note_if(prose.mentions > 0, Cue::Mentions);
    found.note_if(!context.title.is_empty() && !context.reply, Cue::OpensTopic);
    found.note_if(context.reply, Cue::IsReply);
    let asked = !context.reply && context.title.trim_end().ends_with('?');
    found.note_if(asked, Cue::Asks);
    found.note_if(tokens.words < 5, Cue::VeryShort);
    found.note_if((5..15).contains(&tokens.words), Cue::Short);
    found.note_if((15..40).contains(&tokens.words), Cue::Middling);
    found.note_if((40..=120).contains(&tokens.words), Cue::Lengthy);
    found.note_if(tokens.words > 120, Cue::Long);
    found.note_if(tokens.hidden + tokens.disguised > 0, Cue::Hidden);
    let items = prose.text.lines().filter(|line| line.trim_start().starts_with(['-', '*', '•'])).count();
    found.note_if(items >= 3, Cue::ListLike);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{prose, tokens};

    fn check(text: &str, expect: &[Cue], absent: &[Cue]) {
        let prose = prose::prose(text);
        let tokens = tokens::tokens(&prose.text);
        let found = cues(&prose, &tokens, &Context::default());
        for cue in expect {
            assert!(found.has(*cue), "{text}: {cue:?} not in {:?}", found.all);
        }
        for cue in absent {
            assert!(!found.has(*cue), "{text}: {cue:?}");
        }
    }

    #[test]
    fn every_line_of_the_lexicon_is_known() {
        for (key, phrase) in lines(include_str!("../lexicon/cues.txt")) {
            assert!(Cue::named(key).is_some(), "{key}: {phrase}");
            assert_eq!(phrase, phrase.to_lowercase(), "{key}: {phrase}");
        }
    }

    #[test]
    fn phrases_are_found() {
        check("How do I reset it?", &[Cue::Asks, Cue::QuestionMark, Cue::EndsAsking, Cue::StartsAsking], &[]);
        check("The whole site is down for everyone", &[Cue::Outage, Cue::Many], &[]);
        check("It would be nice to have tabs", &[Cue::Suggests], &[Cue::Complains]);
        check("`how do I` is a phrase", &[Cue::HasCode], &[Cue::Asks]);
    }

    #[test]
    fn harsh_words_meet_somebody() {
        check("you are an idiot", &[Cue::Insult, Cue::InsultYou], &[Cue::InsultSelf, Cue::InsultDenied]);
        check("I'm such an idiot", &[Cue::InsultSelf], &[Cue::InsultYou]);
        check("this stupid compiler crashed", &[Cue::InsultThing], &[Cue::InsultYou]);
        check("you are not an idiot", &[Cue::InsultDenied], &[Cue::InsultYou]);
        check("what a st*pid 1d10t", &[Cue::Masked, Cue::Insult], &[]);
        check("> you idiot\nplease stop", &[Cue::HasQuote], &[Cue::Insult]);
    }
}
