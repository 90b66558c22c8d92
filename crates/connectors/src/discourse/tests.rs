use std::path::PathBuf;

use mainstreet_kernel::ActorClass;
use mainstreet_kernel::channel::{IncomingMessage, ReplyTo, Standing};

use super::*;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/discourse/fixtures").join(name)
}

fn read_all(name: &str) -> Vec<Found> {
    let mut found = Vec::new();
    read(&[fixture(name)], &Progress::default(), &mut |item| {
        found.push(item);
        Ok(())
    })
    .unwrap();
    found
}

fn messages(found: &[Found]) -> Vec<&IncomingMessage> {
    let message = |item| match item {
        &Found::Incoming(Incoming::Message(ref message)) => Some(&**message),
        _ => None,
    };
    found.iter().filter_map(message).collect()
}

fn skipped(found: &[Found]) -> Vec<(&str, &str)> {
    let mut skipped = Vec::new();
    for item in found {
        if let Found::Skipped(item) = item {
            skipped.push((item.at.as_str(), item.why.as_str()));
        }
    }
    skipped
}

#[test]
fn posts_one_a_line() {
    let found = read_all("posts.jsonl");
    let messages = messages(&found);
    let ids: Vec<&str> = messages.iter().map(|message| message.external_id.as_str()).collect();
    assert_eq!(ids, ["101", "103", "102", "105", "106"]);
    let [first, third, second, closed, deleted] = messages[..] else { panic!("five messages") };
    assert_eq!((first.version, first.edited_at.is_some(), first.space.as_str()), (2, true, "7"));
    assert_eq!(first.mentions, ["ben"]);
    assert_eq!(
        first.reactions.iter().map(|reaction| reaction.count).sum::<i64>(),
        4,
        "likes are not added to reactions"
    );
    assert_eq!(first.old_paths, ["/t/tide-tables/12/1", "/p/101"]);
    assert_eq!(first.topic_paths, ["/t/tide-tables/12", "/t/12"]);
    assert_eq!(third.reply_to, Some(ReplyTo::Number(2)));
    assert_eq!(third.markdown, "> @ben [wrote](/t/tide-tables/12/2):\n>\n> In the harbour office\n\nThanks");
    assert_eq!((second.format, second.accepted, second.question), ("html", true, true));
    assert_eq!(second.author.class, ActorClass::Staff);
    assert_eq!(second.reactions.iter().map(|reaction| reaction.count).sum::<i64>(), 1);
    assert_eq!((closed.markdown.as_str(), closed.notice), ("*Closed this topic.*", true));
    assert_eq!(closed.author.class, ActorClass::System);
    assert_eq!(deleted.standing, Standing::Deleted);
    let why: Vec<&str> = skipped(&found).iter().map(|(at, _)| *at).collect();
    assert_eq!(why, ["posts.jsonl:3", "posts.jsonl:5", "posts.jsonl:8"]);
    assert!(skipped(&found)[1].1.contains("'yesterday' is not a time"));
}

#[test]
fn a_topic_with_its_posts() {
    let found = read_all("topic.json");
    let messages = messages(&found);
    let [first, second] = messages[..] else { panic!("two messages") };
    assert_eq!(
        (first.external_id.as_str(), second.external_id.as_str()),
        ("401", "402"),
        "in order of their numbers"
    );
    assert_eq!(first.title.as_deref(), Some("Which rope for a dinghy?"));
    assert_eq!(first.tags, ["rope", "dinghy"]);
    assert!(first.question && first.closed && first.views == 77);
    assert_eq!(second.markdown, "> @fay [wrote](/t/40/1):\n>\n> 8 mm?\n\nYes.");
    assert_eq!(skipped(&found).len(), 1);
    assert!(found.iter().any(|item| matches!(item, Found::Gap(_))));
}

#[test]
fn what_is_not_discourse_is_refused() {
    let folder = std::env::temp_dir().join(format!("mainstreet-discourse-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text, says) in [
        ("empty.json", "", "is empty"),
        ("other.json", "{\"a\":1}\n{\"b\":2}\n", "holds no Discourse posts"),
        ("text.json", "Dear reader\nthis is a letter\n", "holds no Discourse posts"),
        ("list.json", "[1,2,3]", "is empty"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        let error = read(&[path], &Progress::default(), &mut |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains(says), "{name}: {error}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
