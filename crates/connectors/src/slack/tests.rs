use std::io::Write;

use mainstreet_kernel::ActorClass;
use mainstreet_kernel::channel::{IncomingMessage, Standing};

use super::*;

fn fixture() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/slack/fixtures/export")
}

fn read_all(path: PathBuf) -> Vec<Found> {
    let mut found = Vec::new();
    read(&[path], &Progress::default(), &mut |item| {
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

#[test]
fn an_unpacked_export() {
    let found = read_all(fixture());
    let messages = messages(&found);
    let find = |ts: &str| {
        messages.iter().find(|message| message.external_id == format!("C1:{ts}")).copied().unwrap()
    };
    assert_eq!(
        messages.len(),
        10,
        "fourteen records, less two joins, one departure, two broken ones, plus a lost channel"
    );

    let root = find("1600000002.000100");
    assert_eq!(root.title.as_deref(), Some("Which rope is strong enough, @cleo?"));
    assert_eq!(root.markdown, "Which rope is **strong** enough, @cleo? I have 8 mm.");
    assert_eq!((root.version, root.mentions.as_slice()), (2, ["cleo".to_owned()].as_slice()));
    assert_eq!((root.reactions[0].count, root.reactions[0].by.len()), (2, 2));
    assert_eq!(root.author.class, ActorClass::Staff);
    let replies = messages.iter().filter(|message| message.topic == root.topic).count();
    assert_eq!(replies, 3, "root, answer and broadcast are one topic");
    assert_eq!(find("1600000003.000100").title, None);

    assert_eq!(find("1600000005.000100").author.external_id, "U3", "a bot that is a user");
    let news = find("1600000006.000100");
    assert_eq!((news.author.class, news.author.name.as_str()), (ActorClass::Bot, "News"));
    assert_eq!(news.markdown, "> [Storm](https://x.example/storm)\n>\n> Stay in");
    assert_eq!(news.title.as_deref(), Some("Storm"));
    assert_eq!(find("1600000007.000100").markdown, "*A file was attached; it is not in the archive.*");
    assert_eq!(find("1600000008.000100").topic, "C1:1500000000.000100");
    assert_eq!(find("1600000009.000100").standing, Standing::Deleted);
    let notice = find("1600000001.000100");
    assert_eq!((notice.notice, notice.markdown.as_str()), (true, "*Set the channel description: boats*"));
}

#[test]
fn people_spaces_joins_and_what_is_left_out() {
    let found = read_all(fixture());
    let people = found.iter().filter(|item| matches!(item, Found::Incoming(Incoming::Person(_)))).count();
    assert_eq!(people, 3);
    let joins: Vec<&str> = found
        .iter()
        .filter_map(|item| match item {
            Found::Incoming(Incoming::Join(join)) => Some(join.person.external_id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(joins, ["U1", "U2"], "in order of time");
    let spaces: Vec<(&str, &str)> = found
        .iter()
        .filter_map(|item| match item {
            Found::Incoming(Incoming::Space(space)) => {
                Some((space.name.as_str(), space.description.as_str()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(spaces, [("harbour", "All about **boats**"), ("lost", "")]);
    let left: Vec<&str> = found
        .iter()
        .filter_map(|item| if let Found::Left(what) = item { Some(*what) } else { None })
        .collect();
    assert_eq!(
        left,
        [
            "messages in private conversations",
            "departures from channels",
            "canvases, lists and other documents"
        ]
    );
    let skipped: Vec<&str> = found
        .iter()
        .filter_map(|item| if let Found::Skipped(skipped) = item { Some(skipped.at.as_str()) } else { None })
        .collect();
    assert_eq!(skipped, ["users.json:5", "harbour/2020-09-13.json:13", "harbour/2020-09-13.json:14"]);
}

#[test]
fn a_zip_reads_like_its_folder() {
    let path = std::env::temp_dir().join(format!("mainstreet-slack-{}.zip", std::process::id()));
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    for file in archive::files(&fixture(), &|_| true).unwrap() {
        let name = file.strip_prefix(fixture()).unwrap().to_string_lossy().into_owned();
        zip.start_file(format!("My export/{name}"), options).unwrap();
        zip.write_all(&std::fs::read(file).unwrap()).unwrap();
    }
    zip.finish().unwrap();
    assert_eq!(read_all(path.clone()), read_all(fixture()));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn what_is_not_slack_is_refused() {
    let folder = std::env::temp_dir().join(format!("mainstreet-not-slack-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("text.zip"), "no zip at all").unwrap();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(folder.join("other.zip")).unwrap());
    zip.start_file("readme.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    for name in ["text.zip", "other.zip", "."] {
        let error = read(&[folder.join(name)], &Progress::default(), &mut |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("not a Slack export"), "{name}: {error}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
