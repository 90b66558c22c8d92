//! Gives each conversation the vector of a sentence model, for `bench/themes.rs`.
//!
//! Standard input: one `{"title","body"}` a line; each goes on with `vector` and `floor` (the cosine under which texts
//! have nothing in common). `cargo run --release -p mainstreet-embeddings --example vectors -- model.onnx < openers.jsonl`

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement may panic, and says what it found"
)]

use std::path::PathBuf;

use mainstreet_embeddings::{Files, Model, trial};

fn main() {
    let net = PathBuf::from(std::env::args_os().nth(1).unwrap());
    let files = Files::find(&net, None).unwrap();
    let found = trial::run(&files).unwrap();
    let model = Model::load(&files, found.tokens).unwrap();
    for line in std::io::stdin().lines() {
        let mut row: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = |key: &str| row.get(key).and_then(|text| text.as_str()).unwrap_or("");
        let text = format!("{}\n{}", text("title"), text("body"));
        // As in the program, a text of which the model makes nothing has no vector.
        let vector = model.embed(text.trim()).ok();
        let parts = vector.map(|one| one.to_bytes().into_iter().map(u8::cast_signed).collect::<Vec<i8>>());
        let row_of = row.as_object_mut().unwrap();
        row_of.insert("vector".to_owned(), parts.into());
        row_of.insert("floor".to_owned(), found.floor.into());
        println!("{row}");
    }
}
