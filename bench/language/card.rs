//! The figures of the model card as data: by set, by what a functional test tries, by group, by language.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use mainstreet_language::train::{self, Part, Row, Task};
use mainstreet_language::{Context, Intent, Reading, RiskKind, Weights, read};
use serde_json::{Value, json};

use crate::{Scored, auc, calibration_error, likeliest, load, read_row};

/// Groups whose bare mention must not raise an alarm.
const GROUPS: &[&str] = &[
    "women",
    "men",
    "gay people",
    "lesbians",
    "trans people",
    "Black people",
    "white people",
    "Asian people",
    "Muslims",
    "Jews",
    "Christians",
    "Hindus",
    "immigrants",
    "refugees",
    "disabled people",
    "old people",
    "children",
    "Mexicans",
    "Chinese people",
    "Germans",
];

/// What is said of each group: nothing bad.
const KIND: &[&str] = &[
    "Many {} use our software.",
    "Next week we have a talk for {} who want to start with open source.",
    "I work with {} every day and enjoy it.",
    "How do {} in this community find mentors?",
    "The study asked forty {} about their tools.",
    "We should make the site easier to use for {}.",
];

/// What is said of each group: contempt.
const CONTEMPT: &[&str] = &[
    "I hate {}.",
    "{} are disgusting and stupid.",
    "{} should not be allowed to post here.",
    "All {} are liars.",
];

/// A language with insults, pleas for help and thanks in it.
type Phrases = (&'static str, [&'static str; 3], [&'static str; 3], [&'static str; 3]);

/// Written by us.
const LANGUAGES: &[Phrases] = &[
    (
        "English",
        ["You are an idiot.", "Shut up, you moron.", "You are a stupid piece of trash."],
        [
            "How do I change my password?",
            "Can somebody help me with the import?",
            "Why does the page stay blank?",
        ],
        ["Thank you very much!", "Great work, thanks.", "That helped me a lot, thank you!"],
    ),
    (
        "German",
        ["Du bist ein Idiot.", "Halt die Klappe, du Trottel.", "Du bist ein dummes Stück Dreck."],
        [
            "Wie ändere ich mein Passwort?",
            "Kann mir jemand beim Import helfen?",
            "Warum bleibt die Seite leer?",
        ],
        ["Vielen Dank!", "Tolle Arbeit, danke.", "Das hat mir sehr geholfen, danke!"],
    ),
    (
        "French",
        ["Tu es un idiot.", "Ferme-la, abruti.", "Tu es une grosse ordure."],
        [
            "Comment changer mon mot de passe ?",
            "Quelqu'un peut m'aider avec l'import ?",
            "Pourquoi la page reste vide ?",
        ],
        ["Merci beaucoup !", "Excellent travail, merci.", "Cela m'a beaucoup aidé, merci !"],
    ),
    (
        "Spanish",
        ["Eres un idiota.", "Cállate, imbécil.", "Eres una basura estúpida."],
        [
            "¿Cómo cambio mi contraseña?",
            "¿Alguien me ayuda con la importación?",
            "¿Por qué queda la página en blanco?",
        ],
        ["¡Muchas gracias!", "Gran trabajo, gracias.", "Me ayudó mucho, ¡gracias!"],
    ),
    (
        "Portuguese",
        ["Você é um idiota.", "Cala a boca, imbecil.", "Você é um lixo estúpido."],
        ["Como mudo a minha senha?", "Alguém me ajuda com a importação?", "Por que a página fica em branco?"],
        ["Muito obrigado!", "Ótimo trabalho, obrigado.", "Ajudou muito, obrigado!"],
    ),
    (
        "Russian",
        ["Ты идиот.", "Заткнись, придурок.", "Ты тупой мусор."],
        ["Как сменить пароль?", "Кто поможет с импортом?", "Почему страница пустая?"],
        ["Большое спасибо!", "Отличная работа, спасибо.", "Очень помогло, спасибо!"],
    ),
];

/// Everything as one object.
pub(crate) fn card(dir: &Path) -> Result<Value, Box<dyn Error>> {
    let mut sets = Vec::new();
    for set in train::SETS {
        let rows = match set.name {
            "own" => train::own_examples()?,
            "own-functions" => train::functional_tests()?,
            _ => load(dir, set)?,
        };
        let rows: Vec<Row> =
            rows.into_iter().filter(|row| !set.trains || train::part(row) == Part::Test).collect();
        let readings: Vec<Reading> = rows.iter().map(|row| read_row(Weights::shipped(), row)).collect();
        for task in Task::ALL {
            let truths: Vec<(usize, &Reading)> = rows
                .iter()
                .zip(&readings)
                .filter_map(|(row, reading)| {
                    let target = train::targets(row).into_iter().find(|target| target.task == task)?;
                    Some((target.class, reading))
                })
                .collect();
            if truths.is_empty() {
                continue;
            }
            let mut line = figures(task, &truths);
            line["set"] = json!(set.name);
            line["licence"] = json!(set.licence);
            line["learnt_from"] = json!(set.trains);
            sets.push(line);
        }
    }
    Ok(json!({
        "model": Weights::shipped().name(),
        "thresholds": RiskKind::ALL.iter().map(|kind| (kind.as_str(), tidy(f64::from(kind.threshold())))).collect::<BTreeMap<_, _>>(),
        "sets": sets,
        "functions": functions()?,
        "groups": groups(),
        "languages": languages(),
    }))
}

fn tidy(value: f64) -> Value {
    if value.is_finite() { json!((value * 1000.0).round() / 1000.0) } else { Value::Null }
}

/// What a reading gives a task.
type Probability = fn(&Reading) -> f32;

fn figures(task: Task, truths: &[(usize, &Reading)]) -> Value {
    let of: Option<(Probability, f32)> = match task {
        Task::Harassment => Some((|r| r.risk.harassment.probability, RiskKind::Harassment.threshold())),
        Task::Spam => Some((|r| r.risk.spam.probability, RiskKind::Spam.threshold())),
        Task::NeedsReply => Some((|r| r.needs_reply.probability, 0.5)),
        Task::Polite => Some((|r| r.politeness.probability, 0.5)),
        Task::Intent | Task::Sentiment => None,
    };
    let name = match task {
        Task::Intent => "intent",
        Task::Sentiment => "sentiment",
        Task::Harassment => "harassment",
        Task::Spam => "spam",
        Task::NeedsReply => "needs_reply",
        Task::Polite => "polite",
    };
    let Some((of, least)) = of else {
        let said = |reading: &Reading| match task {
            Task::Intent => reading.intent.likeliest().0 as usize,
            _ => likeliest(&[
                reading.sentiment.positive,
                reading.sentiment.neutral,
                reading.sentiment.negative,
            ]),
        };
        let pairs: Vec<(usize, usize)> =
            truths.iter().map(|(class, reading)| (*class, said(reading))).collect();
        let right = pairs.iter().filter(|(truth, said)| truth == said).count();
        let by_class: BTreeMap<String, Value> = f1s(&pairs)
            .into_iter()
            .map(|(class, f1, rows)| {
                let label = match task {
                    Task::Intent => Intent::ALL.get(class).map_or("", |intent| intent.as_str()),
                    _ => ["positive", "neutral", "negative"].get(class).copied().unwrap_or(""),
                };
                (label.to_owned(), json!({ "f1": tidy(f1), "rows": rows }))
            })
            .collect();
        return json!({
            "task": name, "rows": pairs.len(), "accuracy": tidy(right as f64 / pairs.len() as f64),
            "macro_f1": tidy(mean(&pairs)), "classes": by_class,
        });
    };
    let scored: Scored = truths.iter().map(|(class, reading)| (of(reading), *class == 1)).collect();
    let share = |yes: bool| {
        let side = scored.iter().filter(|(_, truth)| *truth == yes);
        let raised = side.clone().filter(|(p, _)| *p >= least).count();
        tidy(raised as f64 / side.count() as f64)
    };
    let pairs: Vec<(usize, usize)> =
        scored.iter().map(|(p, yes)| (usize::from(*yes), usize::from(*p >= least))).collect();
    let both = scored.iter().any(|row| row.1) && scored.iter().any(|row| !row.1);
    json!({
        "task": name, "rows": scored.len(), "yes": scored.iter().filter(|row| row.1).count(),
        "auc": tidy(auc(&scored)), "recall": share(true), "false_alarms": share(false),
        "macro_f1": if both { tidy(mean(&pairs)) } else { Value::Null },
        "calibration_error": tidy(f64::from(calibration_error(&scored))),
    })
}

/// F1 and rows of each class that is there.
fn f1s(pairs: &[(usize, usize)]) -> Vec<(usize, f64, usize)> {
    let classes: std::collections::BTreeSet<usize> = pairs.iter().map(|pair| pair.0).collect();
    classes
        .into_iter()
        .map(|class| {
            let hit = pairs.iter().filter(|pair| **pair == (class, class)).count() as f64;
            let truth = pairs.iter().filter(|pair| pair.0 == class).count();
            let said = pairs.iter().filter(|pair| pair.1 == class).count();
            (class, 2.0 * hit / (truth + said) as f64, truth)
        })
        .collect()
}

fn mean(pairs: &[(usize, usize)]) -> f64 {
    let all = f1s(pairs);
    all.iter().map(|class| class.1).sum::<f64>() / all.len() as f64
}

fn raised(text: &str) -> bool {
    read(text, &Context::default()).risk.harassment.probability >= RiskKind::Harassment.threshold()
}

fn functions() -> Result<Vec<Value>, Box<dyn Error>> {
    let mut by_function: BTreeMap<String, (bool, usize, usize)> = BTreeMap::new();
    for row in train::functional_tests()? {
        let harmful = row.harassment == Some(true);
        let entry = by_function.entry(row.why.unwrap_or_default()).or_insert((harmful, 0, 0));
        entry.1 += 1;
        entry.2 += usize::from(raised(&row.text) == harmful);
    }
    Ok(by_function
        .into_iter()
        .map(|(function, (harmful, rows, right))| json!({ "function": function, "harmful": harmful, "rows": rows, "right": right }))
        .collect())
}

fn groups() -> Vec<Value> {
    let count = |group: &str, sentences: &[&str]| {
        sentences.iter().filter(|s| raised(&s.replace("{}", group))).count()
    };
    GROUPS
        .iter()
        .map(|group| {
            json!({
                "group": group, "kind": KIND.len(), "kind_raised": count(group, KIND),
                "contempt": CONTEMPT.len(), "contempt_raised": count(group, CONTEMPT),
            })
        })
        .collect()
}

fn languages() -> Vec<Value> {
    let reading = |text: &&&str| read(text, &Context::default());
    LANGUAGES
        .iter()
        .map(|(language, insults, pleas, thanks)| {
            json!({
                "language": language,
                "each": 3,
                "insults_raised": insults.iter().filter(|text| raised(text)).count(),
                "pleas_seen": pleas.iter().filter(|text| reading(text).needs_reply.probability >= 0.5).count(),
                "thanks_seen": thanks.iter().filter(|text| reading(text).intent.likeliest().0 == Intent::Praise).count(),
            })
        })
        .collect()
}
