//! Models: sound ones, odd ones, broken ones.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use mainstreet_embeddings::{Files, Model, licence, sha256, testing, trial};

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mainstreet-model-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn words_of_one_group_are_near() {
    let folder = Folder::new("near");
    let model = Model::load(&testing::write(&folder.0).unwrap(), 64).unwrap();
    let of = |text: &str| model.embed(text).unwrap();
    let (asked, same, other) =
        (of("Where can I rent a car?"), of("An automobile for a week"), of("How do I bake a loaf of bread"));
    assert_eq!(asked.dims(), testing::DIMS);
    assert!(asked.cosine(&same) > asked.cosine(&other) + 0.3);
    assert_eq!(of("car"), of("CAR"), "the list has no capitals");
    assert!(of("").cosine(&of("")) > 0.999);
    // What lies past the bound is not read.
    let long = "car ".repeat(63);
    assert_eq!(of(&format!("{long} bread bread bread")), of(&format!("{long} export export export")));
}

#[test]
fn a_sound_model_passes_its_trial() {
    let folder = Folder::new("trial");
    let files = testing::write(&folder.0).unwrap();
    let found = trial::run(&files).unwrap();
    assert_eq!((found.dims, found.tokens), (testing::DIMS, 256));
    assert!(found.floor > -1.0 && found.floor < 0.95);
    assert_eq!(trial::Found::from_json(&found.to_json()).unwrap().dims, found.dims);
    assert_eq!(Files::find(&files.net, None).unwrap(), files);
    assert_eq!(licence(&files.net).unwrap().name, "apache-2.0");
    let (digest, bytes) = sha256(&files.net).unwrap();
    assert_eq!((digest.len(), bytes), (64, std::fs::metadata(&files.net).unwrap().len()));
}

/// What is said of a model whose net or tokenizer is replaced by these bytes.
#[track_caller]
fn check(name: &str, net: Option<&[u8]>, tokenizer: Option<(&str, &[u8])>, expect: &str) {
    let folder = Folder::new(name);
    let mut files = testing::write(&folder.0).unwrap();
    if let Some(net) = net {
        std::fs::write(&files.net, net).unwrap();
    }
    if let Some((name, bytes)) = tokenizer {
        files.tokenizer = folder.0.join(name);
        std::fs::write(&files.tokenizer, bytes).unwrap();
    }
    let said = trial::run(&files).unwrap_err().safe.into_owned();
    assert!(said.contains(expect), "{name}: {said}");
}

#[test]
fn what_cannot_be_run_is_refused_with_a_sentence() {
    check("empty", Some(b""), None, "");
    check("text", Some(b"This is not a model at all."), None, "not an ONNX model");
    check("foreign", Some(&testing::foreign()), None, "pixel_values");
    let folder = Folder::new("cut");
    let sound = std::fs::read(testing::write(&folder.0).unwrap().net).unwrap();
    check("half", Some(&sound[..sound.len() / 2]), None, "");
    check("words", None, Some(("vocab.txt", b"one\ntwo\n")), "[UNK]");
    check("json", None, Some(("tokenizer.json", b"{}")), "tokenizer.json cannot be used");
    check("bytes", None, Some(("vocab.txt", &[0xff, 0xfe, 0x00])), "not a text file");
}

#[test]
fn a_model_cut_or_changed_anywhere_never_panics() {
    let folder = Folder::new("changed");
    let files = testing::write(&folder.0).unwrap();
    let sound = std::fs::read(&files.net).unwrap();
    let mut state = 5_usize;
    for _ in 0..60 {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
        let mut bytes = sound.clone();
        let at = state % 120.min(bytes.len());
        bytes[at] ^= 1 << (state % 7);
        std::fs::write(&files.net, &bytes).unwrap();
        if let Ok(model) = Model::load(&files, 32) {
            let _ = model.embed("Where is the car?");
        }
    }
}

#[test]
fn files_that_are_not_there_are_named() {
    let missing = Files::find(Path::new("nowhere/model.onnx"), None).unwrap_err();
    assert!(missing.safe.contains("nowhere/model.onnx"), "{}", missing.safe);
    let folder = Folder::new("alone");
    let files = testing::write(&folder.0).unwrap();
    std::fs::remove_file(&files.tokenizer).unwrap();
    assert!(Files::find(&files.net, None).unwrap_err().safe.contains("--tokenizer"));
    assert!(
        Files::find(&files.net, Some(Path::new("nothing.json"))).unwrap_err().safe.contains("nothing.json")
    );
}
