use std::io::{BufReader, Write};

use super::*;

#[track_caller]
fn check(text: &[u8], expect: &[(u64, &str)]) {
    let mut found = Vec::new();
    // A buffer of three bytes: no record may depend on where a read ends.
    let mut input = BufReader::with_capacity(3, text);
    let outcome = records::<()>(&mut input, &mut |record| {
        let text = record
            .bytes
            .map_or_else(|why| format!("! {why}"), |bytes| String::from_utf8_lossy(bytes).into_owned());
        found.push((record.line, text));
        Ok(())
    });
    assert!(outcome.is_ok());
    let found: Vec<(u64, &str)> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
    assert_eq!(found, expect, "{}", String::from_utf8_lossy(text));
}

#[test]
fn finds_records_in_every_layout() {
    check(b"", &[]);
    check(b" \n\n", &[]);
    check(b"[]", &[]);
    check(b"{\"a\":1}\n{\"a\":2}\n", &[(1, "{\"a\":1}"), (2, "{\"a\":2}")]);
    check(b"\xef\xbb\xbf{\"a\":1}", &[(1, "{\"a\":1}")]);
    check(b"[{\"a\":[1]},\n {\"a\":\"}]\\\"\"}]", &[(1, "{\"a\":[1]}"), (2, "{\"a\":\"}]\\\"\"}")]);
    check(b"{\n \"a\": 1\n}\n", &[(1, "{\n \"a\": 1\n}")]);
    check(b"{\n \"a\": 1\n}\n{\n \"a\": 2\n}", &[(1, "{\n \"a\": 1\n}"), (4, "{\n \"a\": 2\n}")]);
}

#[test]
fn broken_records_do_not_take_others_along() {
    check(
        b"{\"a\":1\n{\"a\":2}\nnonsense\n{\"a\":3}",
        &[(1, "{\"a\":1"), (2, "{\"a\":2}"), (3, "nonsense"), (4, "{\"a\":3}")],
    );
    check(b"nonsense\n{\"a\":3}", &[(1, "nonsense"), (2, "{\"a\":3}")]);
    check(b"{\"a\":1}\n{\"a\":\"br\n{\"a\":3}", &[(1, "{\"a\":1}"), (2, "{\"a\":\"br"), (3, "{\"a\":3}")]);
    check(b"[{\"a\":1},{\"a\":", &[(1, "{\"a\":1}"), (1, "! The file ends in the middle of this record.")]);
}

#[test]
fn unpacks_by_first_bytes() {
    let folder = std::env::temp_dir().join(format!("mainstreet-archive-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let text = b"{\"id\":1}\n".as_slice();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text).unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["in/one.json", "in/._one.json", "in/readme.md"] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text).unwrap();
    }
    let tar = zstd::encode_all(tar.into_inner().unwrap().as_slice(), 1).unwrap();
    for (name, bytes, expect) in [
        ("plain", text.to_vec(), "plain"),
        ("packed", gzip.finish().unwrap(), "packed"),
        ("quick", zstd::encode_all(text, 1).unwrap(), "quick"),
        ("many", tar, "in/one.json"),
    ] {
        fs::write(folder.join(name), bytes).unwrap();
        let progress = Progress::default();
        let mut seen = Vec::new();
        entries(&folder.join(name), &progress, &mut |name, input| {
            let mut text = String::new();
            input.read_to_string(&mut text).unwrap();
            seen.push((name.to_owned(), text));
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, [(expect.to_owned(), "{\"id\":1}\n".to_owned())]);
        assert!(progress.done() > 0);
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_missing_path_is_a_sentence() {
    let error = files(Path::new("/nowhere/at/all"), &|_| true).unwrap_err();
    assert!(error.to_string().contains("There is no file or folder"), "{error}");
}
