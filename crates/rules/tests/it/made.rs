//! Rules and facts made at random.

use mainstreet_rules::{
    Action, Amount, Comparison, Condition, Each, Ending, Example, Given, Length, Limit, Order, Passage,
    Quantity, Rhythm, Rule, SCHEDULE, Schedule, Snapshot, Spot, Step, Subject, Test, Unit, Value, Way,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Texts with everything YAML and the line's own quoting could stumble over.
fn word() -> impl Strategy<Value = String> {
    let odd = select(vec![
        "true",
        "null",
        "~",
        "- a",
        "a: b",
        "a #b",
        "#x",
        "it's",
        "\"q\"",
        "\\d+",
        "[a]",
        "{b}",
        "a, b",
        "*x",
        "&y",
        "!z",
        "%p",
        "@u",
        "`c`",
        "500",
        "1.5e3",
        "0x1F",
        "no",
        "and",
        "or",
        "not",
        "  padded ",
        "ÄÖ ü",
        "日本語",
        "🙂",
        "\u{200b}x",
        "\u{feff}y",
        "a\u{2028}b",
        "---",
        "...",
        "? k",
        "|",
        ">",
        "2026-12-01",
        "a\\",
        "''",
    ]);
    prop_oneof![odd.prop_map(str::to_owned), "[ -~]{1,30}", "\\PC{1,20}"].prop_filter(
        "not blank, nothing invisible alone",
        |text| {
            !text.trim().is_empty()
                && text.chars().any(|letter| letter.is_ascii_alphanumeric())
                && !text.chars().any(char::is_control)
        },
    )
}

fn words() -> impl Strategy<Value = Vec<String>> {
    vec(word(), 1..4).prop_map(|mut words| {
        let mut seen = std::collections::HashSet::new();
        words.retain(|word| seen.insert(word.clone()));
        words
    })
}

fn line() -> impl Strategy<Value = String> {
    word().prop_map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn length(units: &'static [Unit]) -> impl Strategy<Value = Length> {
    (1_u32..20, select(units)).prop_map(|(amount, unit)| Length { amount, unit })
}

const CLOCK: &[Unit] = &[Unit::Minute, Unit::Hour, Unit::Day];
const ANY: &[Unit] = &[Unit::Minute, Unit::Hour, Unit::Day, Unit::BusinessHour, Unit::BusinessDay];

fn order() -> impl Strategy<Value = Order> {
    select(vec![Order::Less, Order::AtMost, Order::Equal, Order::AtLeast, Order::More])
}

fn quantity() -> impl Strategy<Value = Quantity> {
    select(vec![Quantity::Any, Quantity::All, Quantity::None])
}

fn way() -> impl Strategy<Value = Way> {
    let spot = select(vec![Spot::Word, Spot::Anywhere, Spot::Starts, Spot::Ends, Spot::Exact]);
    (spot, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(spot, loose, case, quotes, code)| Way { spot, loose, case, quotes, code })
}

fn subject() -> impl Strategy<Value = Subject> {
    let event =
        || select(vec!["flag on post", "post by author", "same text by anyone"]).prop_map(str::to_owned);
    prop_oneof![
        (event(), length(CLOCK)).prop_map(|(event, window)| Subject::Times { event, window }),
        (select(vec!["author", "flagger"]), event(), length(CLOCK))
            .prop_map(|(who, event, window)| { Subject::Distinct { who: who.to_owned(), event, window } }),
    ]
}

fn comparison() -> impl Strategy<Value = (Subject, Test)> {
    let field = |name: &str| Subject::Field(name.to_owned());
    let whole = || (0_u32..6).prop_map(|n| Amount::Number(f64::from(n)));
    prop_oneof![
        (order(), whole()).prop_map(move |(o, n)| (field("author.posts"), Test::Compare(o, n))),
        (whole(), whole()).prop_map(move |(a, b)| (field("thread.replies"), Test::Between(a, b))),
        (order(), (0_u32..=20).prop_map(|n| Amount::Number(f64::from(n) / 20.0)))
            .prop_map(move |(o, n)| (field("signal.toxicity"), Test::Compare(o, n))),
        (order(), length(ANY))
            .prop_map(move |(o, l)| (field("thread.age"), Test::Compare(o, Amount::Length(l)))),
        (subject(), order(), whole()).prop_map(|(s, o, n)| (s, Test::Compare(o, n))),
        (quantity(), way(), words()).prop_map(move |(q, w, t)| (field("post.text"), Test::Words(q, w, t))),
        (any::<bool>(), words()).prop_map(move |(quotes, t)| (
            field("post.title"),
            Test::Matches(Way { quotes, ..Way::default() }, t)
        )),
        any::<bool>().prop_map(move |case| {
            let patterns = vec!["sk_[0-9]{4}'x'".to_owned(), "a\\b: \"c\" #d".to_owned()];
            (field("post.text"), Test::Regex(Way { case, ..Way::default() }, patterns))
        }),
        subsequence(vec!["phone number", "payment card", "secret key"], 1..=3).prop_map(move |s| {
            (field("post.text"), Test::LooksLike(s.into_iter().map(str::to_owned).collect()))
        }),
        (quantity(), any::<bool>(), words())
            .prop_map(move |(q, i, t)| (field("post.tags"), Test::Members(q, i, t))),
        (any::<bool>(), words()).prop_map(move |(n, t)| (field("post.language"), Test::OneOf(n, t))),
        (any::<bool>(), words()).prop_map(move |(o, t)| (field("now.hours"), Test::Within(o, t))),
        Just((field("author.is_staff"), Test::IsSet)),
    ]
}

pub(crate) fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        9 => comparison().prop_map(|(subject, test)| {
            Condition::Test(Comparison { subject, test, at: Default::default() })
        }),
        1 => Just(Condition::Always(Default::default())),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Condition::All),
            vec(inner.clone(), 2..4).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn action() -> impl Strategy<Value = Action> {
    let made = |name: &str, given: Vec<(&str, Given)>| Action {
        name: name.to_owned(),
        given: given.into_iter().map(|(name, given)| (name.to_owned(), given)).collect(),
        at: Default::default(),
    };
    prop_oneof![
        Just(made("hide until reviewed", Vec::new())),
        (length(CLOCK), length(CLOCK)).prop_map(move |(each, span)| {
            made("slow mode", vec![("each", Given::Length(each)), ("for", Given::Length(span))])
        }),
        word().prop_map(move |tag| made("add tag", vec![("tag", Given::Word(tag))])),
        (word(), length(CLOCK)).prop_map(move |(label, span)| {
            made("label", vec![("label", Given::Word(label)), ("for", Given::Length(span))])
        }),
        words().prop_map(move |names| made("allow", vec![("guidelines", Given::Many(names))])),
        (select(vec!["low", "urgent"]), option::of(word())).prop_map(move |(urgency, owner)| {
            let mut given = vec![("urgency", Given::Word(urgency.to_owned()))];
            given.extend(owner.map(|owner| ("owner", Given::Word(owner))));
            made("open item", given)
        }),
        (1_u32..9, option::of(length(CLOCK))).prop_map(move |(count, rest)| {
            let mut given = vec![
                ("count", Given::Number(f64::from(count))),
                ("pool", Given::Word("champions".to_owned())),
            ];
            given.extend(rest.map(|rest| ("rest", Given::Length(rest))));
            made("suggest answerers", given)
        }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        action().prop_map(Step::Now),
        (length(ANY), any::<bool>(), vec(action(), 1..3)).prop_map(|(wait, without_reply, actions)| {
            Step::Later { wait, without_reply, actions, at: Default::default() }
        }),
    ]
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        length(CLOCK).prop_map(Ending::In),
        (2020_i16..2040, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| Ending::On(year, month, day)),
    ]
}

fn limit() -> impl Strategy<Value = Limit> {
    let noun = option::of(select(vec!["requests", "times"]).prop_map(str::to_owned));
    (1_u32..99, noun, any::<bool>(), select(vec![Unit::Hour, Unit::Day, Unit::Week]))
        .prop_map(|(count, noun, per_person, per)| Limit { count, noun, per_person, per })
}

fn example() -> impl Strategy<Value = Example> {
    let text = |text: String| vec![(String::new(), Given::Word(text))];
    let facts = |(text, posts, tags): (String, u32, Vec<String>)| {
        vec![
            ("post.text".to_owned(), Given::Word(text)),
            ("author.posts".to_owned(), Given::Number(f64::from(posts))),
            ("post.tags".to_owned(), Given::Many(tags)),
        ]
    };
    prop_oneof![word().prop_map(text), (word(), 0_u32..9, words()).prop_map(facts)]
        .prop_map(|facts| Example { facts, at: Default::default() })
}

/// A schedule, and what is gone through.
fn plan() -> impl Strategy<Value = (Schedule, Each)> {
    let rhythm = prop_oneof![
        Just(Rhythm::Daily),
        (0_u8..7).prop_map(Rhythm::Weekly),
        (1_u8..29).prop_map(Rhythm::Monthly),
    ];
    (rhythm, 0_u16..1_440, select(vec![Each::Member, Each::Thread]))
        .prop_map(|(rhythm, minute, each)| (Schedule { rhythm, minute }, each))
}

/// Any rule that can be written.
pub(crate) fn rule() -> impl Strategy<Value = Rule> {
    let head = (line(), option::of(line()), option::of(line()), option::of(line()), vec("[ -~]{0,20}", 0..2));
    let events =
        subsequence(vec!["post published", "first post", "flag"], 1..=3).prop_map(|when| (when, None));
    let when = prop_oneof![4 => events, 1 => plan().prop_map(|plan| (vec![SCHEDULE], Some(plan)))];
    let conditions = (vec(condition(), 1..4), vec(condition(), 0..3), vec(condition(), 0..3));
    let rest = (
        vec(limit(), 0..3),
        option::of(ending()),
        option::of(ending()),
        option::of(1_u8..=90),
        vec(example(), 0..3),
        vec(example(), 0..3),
    );
    (head, when, conditions, vec(step(), 1..4), rest).prop_map(
        |(head, (when, plan), conditions, then, rest)| Rule {
            name: head.0,
            why: head.1,
            owner: head.2,
            guideline: head.3,
            comments: head.4.into_iter().map(|comment| comment.trim_end().to_owned()).collect(),
            when: when.into_iter().map(str::to_owned).collect(),
            every: plan.map(|(every, _)| every),
            each: plan.map(|(_, each)| each),
            all: conditions.0,
            any: conditions.1,
            unless: conditions.2,
            then,
            limits: rest.0,
            expires: rest.1,
            review: rest.2,
            hold_out: rest.3,
            matching: rest.4,
            not_matching: rest.5,
            ..Rule::default()
        },
    )
}

/// Facts, some of them not known.
pub(crate) fn facts() -> impl Strategy<Value = Snapshot> {
    let text = vec(prop_oneof![word(), "[a-z]{1,8}".prop_map(String::from)], 0..12)
        .prop_map(|words| words.join(" "));
    let number = || option::of((0_u32..6).prop_map(|n| Value::Number(f64::from(n))));
    (
        option::of(text.clone().prop_map(|text| Value::Text(Passage::markdown(text)))),
        option::of(text.prop_map(|text| Value::Text(Passage::plain(text)))),
        (number(), number(), option::of((0_u32..=20).prop_map(|n| Value::Number(f64::from(n) / 20.0)))),
        option::of((0_i64..40).prop_map(|hours| Value::Duration(hours * 3_600_000))),
        option::of(words().prop_map(Value::List)),
        option::of(any::<bool>().prop_map(Value::Flag)),
        option::of(0_u64..6),
    )
        .prop_map(|(text, title, numbers, age, tags, staff, count)| {
            let mut snapshot = Snapshot::default();
            for (name, value) in [
                ("post.text", text),
                ("post.title", title),
                ("author.posts", numbers.0),
                ("thread.replies", numbers.1),
                ("signal.toxicity", numbers.2),
                ("thread.age", age),
                ("post.tags", tags),
                ("author.is_staff", staff),
            ] {
                snapshot.values.extend(value.map(|value| (name.to_owned(), value)));
            }
            snapshot.counts.extend(count.map(|count| ("flag on post".to_owned(), count)));
            snapshot
        })
}
