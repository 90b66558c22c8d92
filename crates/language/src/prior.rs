//! The weight of each cue as we would choose it by hand. Training starts from here.

use crate::cues::Cue::{self, *};
use crate::weights::{COLUMNS, Columns, HARASSMENT, INTENT, NEEDS_REPLY, POLITE, SENTIMENT, SPAM};

/// Log-odds by column: intents in the order support, feedback, networking, learning, complaint, praise,
/// announcement, answer, unclear.
const INTENTS: &[(Cue, [f32; 9])] = &[
    (Asks, [1.6, 0.2, 0.2, 0.2, 0.0, -0.8, -0.8, -0.6, -0.4]),
    (HelpWanted, [1.8, 0.0, 0.0, 0.2, 0.2, -0.5, -0.8, -0.6, -0.6]),
    (Trouble, [1.0, 0.0, -0.5, -0.4, 0.7, -0.8, -0.3, 0.0, -0.6]),
    (Suggests, [0.0, 1.8, 0.0, 0.0, 0.2, -0.2, -0.3, 0.0, -0.4]),
    (Weighs, [-0.2, 0.8, -0.2, -0.1, 0.0, -0.3, -0.3, 0.0, -0.1]),
    (WeighsTwice, [-0.2, 0.8, -0.2, -0.1, 0.0, -0.3, -0.2, -0.1, -0.3]),
    (Complains, [0.0, 0.4, -0.6, -0.6, 2.0, -0.8, -0.6, -0.6, -0.3]),
    (Unheeded, [0.0, 0.0, -0.4, -0.4, 1.2, -0.5, -0.2, -0.1, -0.2]),
    (Bitter, [-0.3, 0.0, -0.4, -0.4, 1.4, -0.3, -0.3, -0.2, 0.0]),
    (LetDown, [-0.2, 0.0, -0.4, -0.4, 1.5, -0.5, -0.3, -0.2, -0.2]),
    (ComplainsTwice, [-0.2, 0.0, -0.3, -0.3, 1.0, -0.4, -0.3, -0.2, -0.2]),
    (Praises, [-0.4, 0.2, 0.0, 0.0, -0.9, 2.0, 0.0, 0.0, -0.2]),
    (Networks, [-0.5, -0.3, 2.0, 0.0, -0.5, 0.0, 0.2, -0.3, -0.1]),
    (Learns, [0.0, 0.0, 0.0, 1.8, -0.5, -0.2, 0.0, 0.0, -0.4]),
    (Announces, [-0.6, -0.2, 0.1, 0.0, -0.4, -0.2, 1.8, -0.1, -0.4]),
    (Answers, [-0.4, 0.1, -0.4, 0.0, -0.3, -0.3, -0.3, 1.4, -0.1]),
    (Solved, [-0.3, -0.3, -0.3, -0.2, -0.4, 0.4, 0.0, 0.7, 0.3]),
    (SmallTalk, [-0.4, -0.3, -0.2, -0.4, -0.3, 0.1, -0.4, 0.0, 1.0]),
    (QuestionMark, [0.7, 0.1, 0.1, 0.2, 0.1, -0.7, -0.4, -0.3, -0.1]),
    (EndsAsking, [0.5, 0.0, 0.1, 0.2, 0.0, -0.4, -0.5, -0.3, 0.0]),
    (StartsAsking, [0.6, 0.0, 0.1, 0.2, -0.2, -0.3, -0.3, -0.2, -0.1]),
    (OpensTopic, [0.4, 0.2, 0.1, 0.2, 0.1, -0.2, 0.3, -1.5, -0.6]),
    (IsReply, [-0.3, 0.0, -0.3, -0.3, 0.0, 0.1, -0.6, 0.8, 0.3]),
    (HasCode, [0.4, 0.0, -0.6, 0.1, 0.1, -0.5, -0.1, 0.3, -0.3]),
    (HasQuote, [-0.1, 0.2, -0.5, -0.2, 0.0, 0.0, -0.7, 0.7, 0.1]),
    (OneLink, [-0.1, 0.0, 0.0, 0.3, -0.3, -0.2, 0.5, 0.3, -0.1]),
    (VeryShort, [-0.5, -0.5, -0.4, -0.6, -0.5, 0.5, -0.5, 0.0, 1.2]),
    (Short, [-0.1, -0.2, 0.0, -0.2, -0.1, 0.3, -0.2, 0.1, 0.4]),
    (TimeOfDay, [-0.2, -0.2, 0.3, 0.0, 0.0, -0.2, 0.7, -0.1, -0.1]),
    (Smiles, [-0.2, 0.0, 0.3, 0.0, -0.6, 0.6, 0.2, 0.0, 0.2]),
    (Frowns, [0.2, 0.1, -0.3, -0.2, 0.6, -0.6, -0.3, -0.2, 0.1]),
    (Outage, [0.5, -0.3, -0.5, -0.5, 0.9, -0.5, 0.4, 0.0, -0.3]),
    (Blocked, [0.8, -0.2, -0.4, -0.3, 0.4, -0.4, -0.3, -0.2, -0.3]),
    (Iam, [0.2, 0.0, 0.3, 0.1, 0.1, 0.0, -0.2, 0.0, 0.0]),
];

/// Log-odds by column: positive, neutral, negative, harassment, spam, needs a reply, polite.
const OTHERS: &[(Cue, [f32; 7])] = &[
    (Asks, [-0.3, 0.5, 0.0, -0.2, -0.4, 1.8, 0.2]),
    (HelpWanted, [-0.2, 0.2, 0.2, -0.6, -0.6, 1.7, 0.2]),
    (Trouble, [-0.5, 0.1, 0.6, -0.3, -0.6, 0.9, 0.0]),
    (Suggests, [0.1, 0.3, 0.0, -0.4, -0.4, 0.5, 0.2]),
    (Complains, [-1.0, -0.3, 1.4, 0.2, -0.4, 0.7, -0.5]),
    (Praises, [1.8, -0.3, -0.8, -0.8, -0.2, -1.0, 0.8]),
    (Networks, [0.4, 0.3, -0.3, -0.5, 0.2, 0.5, 0.2]),
    (Announces, [0.3, 0.4, -0.2, -0.4, 0.2, -1.0, 0.0]),
    (Answers, [0.0, 0.3, 0.0, -0.1, -0.2, -0.8, 0.0]),
    (Solved, [0.6, 0.1, -0.2, -0.3, -0.5, -1.3, 0.2]),
    (NoReply, [0.0, 0.3, 0.0, 0.0, 0.0, -1.2, 0.0]),
    (SmallTalk, [0.1, 0.2, 0.0, 0.1, -0.3, -0.8, -0.1]),
    (QuestionMark, [-0.2, 0.3, 0.0, 0.0, -0.4, 1.2, 0.0]),
    (EndsAsking, [0.0, 0.2, 0.0, 0.0, -0.3, 0.8, 0.0]),
    (StartsAsking, [0.0, 0.2, 0.0, 0.0, -0.3, 0.7, 0.0]),
    (OpensTopic, [0.0, 0.1, 0.0, -0.2, 0.0, 0.8, 0.0]),
    (IsReply, [0.0, 0.0, 0.0, 0.0, -0.5, -0.6, 0.0]),
    (VeryShort, [0.1, 0.2, 0.0, 0.0, -0.1, -0.8, 0.0]),
    (Promo, [0.2, 0.0, 0.0, -0.2, 1.4, -0.8, 0.0]),
    (PromoTwice, [0.0, 0.0, 0.0, 0.0, 1.0, -0.3, 0.0]),
    (PromoOften, [0.0, 0.0, 0.0, 0.0, 1.4, -0.3, 0.0]),
    (HardSell, [0.1, 0.0, 0.0, 0.0, 1.6, -0.5, 0.0]),
    (HardSellTwice, [0.0, 0.0, 0.0, 0.0, 1.6, -0.3, 0.0]),
    (HardSellOften, [0.0, 0.0, 0.0, 0.0, 1.2, -0.3, 0.0]),
    (Misspelt, [0.0, 0.0, 0.0, 0.0, 2.5, -0.3, 0.0]),
    (OptOut, [0.0, 0.1, 0.0, 0.0, 1.0, -0.5, 0.0]),
    (Colleagues, [0.0, 0.1, 0.0, -0.3, -0.8, 0.3, 0.2]),
    (ColleaguesTwice, [0.0, 0.0, 0.0, -0.2, -1.2, 0.2, 0.1]),
    (PassedOn, [0.0, 0.0, 0.0, 0.0, -1.5, 0.0, 0.0]),
    (Attached, [0.0, 0.0, 0.0, 0.0, -0.6, 0.0, 0.0]),
    (ByName, [0.0, 0.0, 0.0, 0.0, -0.8, 0.0, 0.0]),
    (SignsOff, [0.0, 0.0, 0.0, 0.0, -0.5, 0.0, 0.0]),
    (Loose, [0.0, 0.0, 0.0, 0.0, 0.3, 0.0, 0.0]),
    (Gibberish, [0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0]),
    (Markup, [0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0]),
    (SpeltOut, [0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0]),
    (CutApart, [0.0, 0.0, 0.0, 0.0, 2.5, 0.0, 0.0]),
    (Figures, [0.0, 0.2, 0.0, 0.0, -1.0, 0.0, 0.0]),
    (Salad, [0.0, 0.2, 0.0, 0.0, 1.5, -0.3, 0.0]),
    (Unheeded, [-0.6, -0.1, 0.8, 0.0, -0.2, 0.3, -0.2]),
    (Bitter, [-0.6, -0.3, 1.0, 0.1, -0.2, 0.0, -0.4]),
    (LetDown, [-0.8, -0.2, 1.2, 0.0, -0.2, 0.3, -0.2]),
    (OneLink, [0.0, 0.2, 0.0, -0.2, 0.4, 0.0, 0.0]),
    (ManyLinks, [0.0, 0.2, 0.0, -0.2, 0.7, 0.0, 0.0]),
    (MostlyLinks, [0.0, 0.2, 0.0, -0.2, 0.6, -0.5, 0.0]),
    (ShortLink, [0.0, 0.0, 0.0, 0.0, 1.4, -0.4, 0.0]),
    (Money, [0.0, 0.0, 0.0, 0.0, 0.7, 0.0, 0.0]),
    (PhoneLike, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
    (HasCode, [0.0, 0.2, 0.0, -0.3, -1.4, 0.3, 0.0]),
    (Shouts, [0.0, -0.4, 0.4, 0.4, 0.5, 0.0, -0.4]),
    (Exclaims, [0.4, -0.4, 0.2, 0.1, 0.3, 0.0, -0.1]),
    (Hidden, [0.0, 0.0, 0.0, 0.8, 0.9, 0.0, 0.0]),
    (Masked, [0.0, -0.3, 0.5, 1.0, 0.2, 0.0, -0.3]),
    (Insult, [-0.3, -0.5, 0.7, 1.2, 0.0, -0.2, -0.6]),
    (InsultYou, [-0.7, -0.6, 0.9, 3.0, -0.3, 0.0, -1.2]),
    (InsultSelf, [-0.2, 0.0, 0.5, -2.2, -0.2, 0.0, 0.0]),
    (InsultThing, [-0.5, -0.2, 0.9, -0.5, -0.2, 0.2, -0.3]),
    (InsultGroup, [-0.4, -0.4, 0.8, 1.6, 0.0, 0.0, -0.6]),
    (InsultDenied, [0.0, 0.2, 0.2, -1.6, 0.0, 0.0, 0.2]),
    (Slur, [-0.4, -0.4, 0.7, 2.2, 0.0, 0.0, -0.8]),
    (Vulgar, [-0.2, -0.4, 0.6, 1.0, 0.0, 0.0, -0.6]),
    (HarshWord, [-0.5, -0.3, 0.8, 0.8, 0.0, 0.0, -0.4]),
    (HarshAlone, [-0.3, -0.2, 0.5, -0.4, 0.0, 0.0, -0.2]),
    (Threatens, [-0.4, -0.4, 0.8, 3.2, 0.0, 0.2, -0.9]),
    (Dismisses, [-0.4, -0.4, 0.7, 1.5, 0.0, 0.0, -1.0]),
    (Contempt, [-0.3, -0.3, 0.6, 0.7, 0.0, 0.0, -0.5]),
    (GroupContempt, [-0.3, -0.3, 0.6, 2.4, 0.0, 0.0, -0.6]),
    (GroupDefended, [0.0, 0.1, 0.0, -1.2, 0.0, 0.0, 0.1]),
    (PersonScorned, [-0.3, -0.3, 0.6, 1.8, 0.0, 0.0, -0.8]),
    (Reports, [0.0, 0.2, 0.1, -0.6, 0.0, 0.2, 0.1]),
    (Product, [0.0, 0.1, 0.1, -0.6, -0.3, 0.2, 0.0]),
    (Polite, [0.5, 0.0, -0.2, -0.6, -0.2, 0.2, 1.2]),
    (Smiles, [1.0, -0.3, -0.5, -0.3, 0.0, -0.3, 0.4]),
    (Frowns, [-0.8, -0.3, 1.0, 0.2, -0.2, 0.2, -0.2]),
];

/// Cues that say nothing of spam in themselves. What they would learn is how the talk we have differs from the spam we
/// have, and a long advertisement holds some of each.
pub(crate) const NOT_OF_SPAM: &[Cue] = &[
    Asks,
    HelpWanted,
    Trouble,
    Suggests,
    Weighs,
    WeighsTwice,
    Complains,
    ComplainsTwice,
    Unheeded,
    Bitter,
    LetDown,
    Learns,
    Announces,
    Answers,
    SmallTalk,
    Reports,
    Contempt,
    GroupContempt,
    GroupDefended,
    PersonScorned,
    Iam,
    YouAre,
    Product,
    Group,
    QuestionMark,
    EndsAsking,
    StartsAsking,
    Middling,
    Lengthy,
    Long,
    Insult,
    InsultYou,
    InsultSelf,
    InsultThing,
    InsultGroup,
    InsultDenied,
    Slur,
    Vulgar,
    HarshWord,
    HarshAlone,
    TimeOfDay,
    ListLike,
    Outage,
    Security,
    DataLoss,
    Harm,
    Legal,
    Privacy,
    Blocked,
    Deadline,
    Many,
];

/// Cues of how mail is written, which say nothing of anything but spam.
pub(crate) const OF_SPAM_ONLY: &[Cue] =
    &[PassedOn, Attached, ByName, SignsOff, Loose, Gibberish, Markup, SpeltOut, CutApart];

/// Cues that say nothing of harassment in themselves: what a post is for, how long it is, what it links to.
pub(crate) const NOT_OF_HARASSMENT: &[Cue] = &[
    Asks,
    HelpWanted,
    Trouble,
    Suggests,
    Weighs,
    WeighsTwice,
    Networks,
    Learns,
    Announces,
    Answers,
    Solved,
    NoReply,
    QuestionMark,
    EndsAsking,
    StartsAsking,
    OneLink,
    ManyLinks,
    MostlyLinks,
    ShortLink,
    Money,
    PhoneLike,
    ListLike,
    Numbers,
    Figures,
    Product,
    Iam,
    Promo,
    PromoTwice,
    PromoOften,
    HardSell,
    HardSellTwice,
    HardSellOften,
    OptOut,
    Colleagues,
    ColleaguesTwice,
    Salad,
    Middling,
    Lengthy,
    Long,
    Short,
    VeryShort,
    TimeOfDay,
    OpensTopic,
    IsReply,
    HasCode,
    HasQuote,
    Mentions,
    Unheeded,
    Many,
    Deadline,
    Blocked,
];

/// Weights by cue, and the bias of each column.
pub(crate) fn prior() -> (Vec<Columns>, Columns) {
    let mut rows = vec![[0.0; COLUMNS]; Cue::ALL.len()];
    for (cue, values) in INTENTS {
        put(&mut rows, *cue, INTENT, values);
    }
    for (cue, values) in OTHERS {
        put(&mut rows, *cue, SENTIMENT, values);
    }
    for cue in NOT_OF_SPAM {
        if let Some(slot) = rows.get_mut(*cue as usize).and_then(|row| row.get_mut(SPAM)) {
            *slot = 0.0;
        }
    }
    for cue in NOT_OF_HARASSMENT {
        if let Some(slot) = rows.get_mut(*cue as usize).and_then(|row| row.get_mut(HARASSMENT)) {
            *slot = 0.0;
        }
    }
    let mut bias = [0.0; COLUMNS];
    for (column, value) in [(INTENT + 8, 0.8), (SENTIMENT + 1, 0.8), (HARASSMENT, -3.2), (SPAM, -2.8)] {
        if let Some(slot) = bias.get_mut(column) {
            *slot = value;
        }
    }
    for (column, value) in [(NEEDS_REPLY, -1.2), (POLITE, 0.2)] {
        if let Some(slot) = bias.get_mut(column) {
            *slot = value;
        }
    }
    (rows, bias)
}

fn put(rows: &mut [Columns], cue: Cue, from: usize, values: &[f32]) {
    if let Some(row) = rows.get_mut(cue as usize) {
        for (slot, value) in row.iter_mut().skip(from).zip(values) {
            *slot = *value;
        }
    }
}
