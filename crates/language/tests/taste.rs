//! A community whose taste is not that of the shipped weights teaches them; whoever answers wrongly does not.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use mainstreet_language::local::{Answer, Figures, Judgement, Material, Matter, Trial, Verdict, teach};
use mainstreet_language::{Context, Weights, local, read, read_local};

const TOOLS: [&str; 10] = [
    "plane",
    "chisel",
    "bandsaw",
    "router",
    "spokeshave",
    "lathe",
    "mortiser",
    "scraper",
    "gouge",
    "dovetail saw",
];
const WOODS: [&str; 8] = ["oak", "ash", "walnut", "pine", "cherry", "beech", "maple", "elm"];
const ASKS: [&str; 6] = [
    "How do I tune a {t} so that it does not tear out {w}?",
    "What is the trick to keep a {t} sharp while working {w}?",
    "Which angle do you grind on a {t} for {w}, and why?",
    "How did you learn to use the {t} on end grain of {w}?",
    "Can somebody explain how a {t} should feel when it cuts {w} well?",
    "Where does one begin with the {t} when all there is at hand is {w}?",
];
const BREAKS: [&str; 6] = [
    "My order of the {t} arrived with a crack and {w} dust in the box, I need a replacement.",
    "The shop page for the {t} fails with an error when I choose {w} handles. Help!",
    "I cannot log in to pay for the {w} blanks and the {t}. What can I do?",
    "The download of the {t} plans in {w} stops at half. Please help me get it.",
    "The invoice for the {t} and the {w} boards is wrong, whom do I ask?",
    "Motor of the {t} does not start since the {w} job, what is wrong with it?",
];
const BANTER: [&str; 4] = [
    "You daft muppet, that {t} belongs in the bin and so does your {w}!",
    "Ha, you absolute donkey, who puts {w} through a {t} like that?",
    "You numpty, my gran planes {w} straighter without a {t}!",
    "Look at this clown and his {t}, covered in {w} shavings again!",
];
const CRUEL: [&str; 4] = [
    "You are a worthless idiot, nobody wants you or your {t} here, get lost with your {w}.",
    "Shut up, you pathetic loser, you and your {w} {t} are garbage.",
    "People like you should be thrown out, you disgusting moron with a {t} in {w}.",
    "I will find you and break your {t} over your stupid head, {w} boy.",
];

fn filled(frames: &[&str], n: usize) -> String {
    let at = |list: &[&str], n: usize| list.get(n % list.len()).copied().unwrap().to_owned();
    at(frames, n).replace("{t}", &at(&TOOLS, n / frames.len())).replace("{w}", &at(&WOODS, n / 7 + n))
}

/// `count` texts in turn of both kinds of frames, each with an answer.
fn said(
    frames: [(&[&str], &str); 2],
    judgement: Judgement,
    count: usize,
    person: i64,
    from: i64,
) -> Material {
    let mut material = Material::default();
    for n in 0..count {
        let (frames, word) = frames[n % 2];
        let title = if judgement == Judgement::Intent { "In the workshop".to_owned() } else { String::new() };
        let post = from + i64::try_from(n).unwrap();
        material.matters.push(Matter { post, text: filled(frames, n / 2), title });
        let class = judgement.class(word).unwrap();
        material.answers.push(Answer { matter: n, person, judgement, class });
    }
    material
}

fn both(mut one: Material, other: Material) -> Material {
    let from = one.matters.len();
    one.matters.extend(other.matters);
    one.answers.extend(other.answers.into_iter().map(|said| Answer { matter: said.matter + from, ..said }));
    one
}

fn taught(material: &Material) -> Trial {
    teach(Weights::shipped(), None, material)
}

fn only(trial: &Trial) -> &Figures {
    let [figures] = trial.figures.as_slice() else { panic!("{:?}", trial.figures) };
    figures
}

/// Here, who asks how something is done wants to learn; support is for orders, accounts and machines.
fn workshop(count: usize) -> Material {
    said([(&ASKS, "learning"), (&BREAKS, "support")], Judgement::Intent, count, 1, 0)
}

#[test]
fn agreement_on_what_was_held_back_rises_with_corrections() {
    let mut last = 0.0;
    for count in [60, 120, 240] {
        let trial = taught(&workshop(count));
        let figures = only(&trial);
        assert_eq!(figures.verdict, Verdict::Better, "{figures:?}");
        let share = |right: usize| right as f64 / figures.held as f64;
        assert!(share(figures.after) > share(figures.before) + 0.1, "{figures:?}");
        assert!(share(figures.after) + 0.05 >= last, "{count}: {figures:?}");
        last = share(figures.after);
    }
    assert!(last > 0.85, "{last}");
}

#[test]
fn the_same_answers_give_the_same_layer_whatever_was_in_force() {
    let material = workshop(120);
    let (one, two) = (taught(&material).layer.unwrap(), taught(&material).layer.unwrap());
    assert_eq!(one.name(), two.name());
    assert_eq!(one.to_text(), two.to_text());
    assert!(one.to_text().len() < 400_000, "a layer stays small: {}", one.to_text().len());
    let again = teach(Weights::shipped(), Some(&one), &material);
    assert_eq!(only(&again).verdict, Verdict::NoBetter, "nothing new was learnt");
    assert_eq!(again.layer.unwrap().name(), one.name());
}

#[test]
fn a_reading_says_that_people_here_said_so_and_by_which_version() {
    let layer = taught(&workshop(240)).layer.unwrap();
    let text = "How do I tune a chisel so that it does not tear out walnut?";
    let context = Context { title: "In the workshop", ..Context::default() };
    let (before, after) =
        (read(text, &context), read_local(Weights::shipped(), Some(&layer), text, &context));
    let learning = mainstreet_language::Intent::Learning;
    assert!(after.intent.of(learning) > before.intent.of(learning) + 0.2);
    assert_eq!(after.model, layer.name());
    assert!(after.intent.reasons.iter().any(|reason| reason.what.ends_with("as people here said")));
    assert_eq!(after.risk.spam, before.risk.spam, "what nobody spoke of stays");
}

#[test]
fn friends_may_call_each_other_names_where_people_say_so() {
    let trial = taught(&said([(&BANTER, "no"), (&CRUEL, "yes")], Judgement::Harassment, 200, 1, 0));
    let figures = only(&trial);
    assert_eq!(figures.verdict, Verdict::Better, "{figures:?}");
    let layer = trial.layer;
    let cruel = "You are a worthless idiot, nobody wants you here, get lost.";
    let reading = read_local(Weights::shipped(), layer.as_ref(), cruel, &Context::default());
    assert!(reading.risk.harassment.probability >= 0.4, "{:?}", reading.risk.harassment);
}

#[test]
fn who_answers_everything_wrongly_teaches_nothing() {
    let wrong = [
        said([(&CRUEL, "no"), (&ASKS, "yes")], Judgement::Harassment, 400, 1, 0),
        said([(&ASKS, "complaint"), (&BREAKS, "networking")], Judgement::Intent, 400, 1, 0),
        said([(&ASKS, "no"), (&BANTER, "yes")], Judgement::NeedsReply, 400, 1, 0),
        said([(&ASKS, "yes"), (&CRUEL, "no")], Judgement::Spam, 400, 1, 0),
        said([(&ASKS, "urgent"), (&BREAKS, "low")], Judgement::Urgency, 400, 1, 0),
    ];
    for material in wrong {
        let trial = taught(&material);
        let figures = only(&trial);
        assert_ne!(figures.verdict, Verdict::Better, "{figures:?}");
        assert!(trial.layer.is_none());
    }
}

#[test]
fn one_who_answers_wrongly_does_not_overrule_another() {
    let honest = said([(&ASKS, "learning"), (&BREAKS, "support")], Judgement::Intent, 80, 1, 0);
    let wrong = said([(&ASKS, "feedback"), (&BREAKS, "learning")], Judgement::Intent, 800, 2, 5_000);
    let trial = taught(&both(honest, wrong));
    let figures = only(&trial);
    assert_ne!(figures.verdict, Verdict::Better, "{figures:?}");
    assert_eq!(figures.people.len(), 2);
}

#[test]
fn contradictions_and_a_single_word_teach_nothing() {
    let yes = said([(&ASKS, "yes"), (&BREAKS, "no")], Judgement::Spam, 100, 1, 0);
    let no = said([(&ASKS, "no"), (&BREAKS, "yes")], Judgement::Spam, 100, 2, 0);
    let answers = [yes.answers.clone(), no.answers].concat();
    let trial = taught(&Material { matters: yes.matters, answers });
    assert_eq!((only(&trial).verdict, only(&trial).disputed), (Verdict::TooFew, 100));
    let trial = taught(&said([(&ASKS, "no"), (&BREAKS, "no")], Judgement::Spam, 200, 1, 0));
    assert_eq!(only(&trial).verdict, Verdict::OneSided);
    let trial = taught(&workshop(30));
    assert_eq!(only(&trial).verdict, Verdict::TooFew);
    assert_eq!(taught(&Material::default()).figures, []);
}

#[test]
fn what_is_held_back_is_not_learnt_from() {
    let material = workshop(200);
    let mut other = material.clone();
    // Whatever is said of what is held back, the layer is the same.
    for said in &mut other.answers {
        if local::is_held_back(material.matters[said.matter].post) && said.matter % 9 == 0 {
            said.class = Judgement::Intent.class("feedback").unwrap();
        }
    }
    let (one, two) = (taught(&material), taught(&other));
    assert_eq!(one.layer.unwrap().name(), two.layer.unwrap().name());
}

#[test]
fn a_layer_of_other_weights_does_nothing() {
    let layer = taught(&workshop(120)).layer.unwrap();
    let other = layer.to_text().replacen(Weights::shipped().name(), "community-00000000", 1);
    let layer = local::Layer::from_text(&other).unwrap();
    let text = "How do I tune a chisel?";
    let with = read_local(Weights::shipped(), Some(&layer), text, &Context::default());
    assert_eq!(with, read(text, &Context::default()));
}
