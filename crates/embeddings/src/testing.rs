//! A model of a few words, written by hand: for tests. It knows what its groups of words have in common and nothing else.

use std::path::Path;

use crate::Files;

/// Words that mean the like stand in one group.
pub const GROUPS: &[&[&str]] = &[
    &["car", "automobile", "vehicle", "van"],
    &["password", "login", "credentials", "account"],
    &["battery", "accumulator", "charge"],
    &["bread", "loaf", "dough"],
    &["export", "download", "spreadsheet"],
];

/// Dimensions of its vectors.
pub const DIMS: usize = 24;

/// Writes the model into `folder` as `model.onnx`, `vocab.txt` and a card that names a licence.
pub fn write(folder: &Path) -> std::io::Result<Files> {
    std::fs::create_dir_all(folder)?;
    let (words, table) = table();
    let files = Files { net: folder.join("model.onnx"), tokenizer: folder.join("vocab.txt") };
    std::fs::write(&files.net, net(words.len(), &table, &[("input_ids", 7), ("attention_mask", 7)]))?;
    std::fs::write(&files.tokenizer, words.join("\n"))?;
    std::fs::write(folder.join("README.md"), "---\nlicense: apache-2.0\n---\n# A model of a few words\n")?;
    Ok(files)
}

/// A net that asks for something that no text gives.
pub fn foreign() -> Vec<u8> {
    let (words, table) = table();
    net(words.len(), &table, &[("input_ids", 7), ("pixel_values", 1)])
}

/// A net that wants more memory than any machine has.
pub fn greedy() -> Vec<u8> {
    let shape = [initializer("shape", &[1], 7, &(1_i64 << 44).to_le_bytes())].concat();
    let nodes = [
        node("ConstantOfShape", &["shape"], "much"),
        node("ReduceSum", &["much"], "sum"),
        node("Cast", &["input_ids"], "last_hidden_state"),
    ]
    .concat();
    model(&[nodes, shape, input("input_ids", 7), output("last_hidden_state"), output("sum")].concat())
}

fn table() -> (Vec<String>, Vec<f32>) {
    let mut words: Vec<String> = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(str::to_owned).to_vec();
    let mut table = vec![0.0_f32; words.len() * DIMS];
    for (place, value) in [(DIMS, 0.05), (2 * DIMS + 1, 0.05), (3 * DIMS + 2, 0.05)] {
        if let Some(cell) = table.get_mut(place) {
            *cell = value;
        }
    }
    for (number, group) in GROUPS.iter().enumerate() {
        for word in *group {
            words.push((*word).to_owned());
            table.extend((0..DIMS).map(|at| if at == number + 3 { 1.0 } else { 0.0 }));
        }
    }
    let mut state = 11_u32;
    for letter in 'a'..='z' {
        // Of a word that it does not know, only the first letter tells something.
        words.push(letter.to_string());
        table.extend((0..DIMS).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state >> 8) / f64::from(1 << 24) - 0.5) as f32 * 0.1
        }));
        words.push(format!("##{letter}"));
        table.extend([0.0; DIMS]);
    }
    (words, table)
}

/// A net that looks each token up in a table: `last_hidden_state` is a row for each.
fn net(words: usize, table: &[f32], inputs: &[(&str, u64)]) -> Vec<u8> {
    let bytes: Vec<u8> = table.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut graph = node("Gather", &["table", "input_ids"], "last_hidden_state");
    graph.extend(initializer("table", &[words as u64, DIMS as u64], 1, &bytes));
    graph.extend(inputs.iter().flat_map(|(name, kind)| input(name, *kind)));
    graph.extend(output("last_hidden_state"));
    model(&graph)
}

// The few messages of ONNX that this takes, in the encoding of protocol buffers. Numbers are those of onnx.proto.

fn model(graph: &[u8]) -> Vec<u8> {
    [number(1, 8), field(8, &[field(1, b""), number(2, 17)].concat()), field(7, graph)].concat()
}

fn node(kind: &str, inputs: &[&str], result: &str) -> Vec<u8> {
    let mut body: Vec<u8> = inputs.iter().flat_map(|name| field(1, name.as_bytes())).collect();
    body.extend(
        [field(2, result.as_bytes()), field(3, result.as_bytes()), field(4, kind.as_bytes())].concat(),
    );
    if kind == "Cast" {
        body.extend(field(5, &[field(1, b"to"), number(3, 1), number(20, 2)].concat()));
    }
    field(1, &body)
}

fn initializer(name: &str, dims: &[u64], kind: u64, bytes: &[u8]) -> Vec<u8> {
    let mut body: Vec<u8> = dims.iter().flat_map(|dim| number(1, *dim)).collect();
    body.extend([number(2, kind), field(8, name.as_bytes()), field(9, bytes)].concat());
    field(5, &body)
}

fn input(name: &str, kind: u64) -> Vec<u8> {
    let dim = |name: &str| field(1, &field(2, name.as_bytes()));
    let shape = [dim("batch"), dim("length")].concat();
    let tensor = [number(1, kind), field(2, &shape)].concat();
    field(11, &[field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat())
}

fn output(name: &str) -> Vec<u8> {
    field(12, &[field(1, name.as_bytes()), field(2, &field(1, &number(1, 1)))].concat())
}

fn number(at: u64, value: u64) -> Vec<u8> {
    [varint(at << 3), varint(value)].concat()
}

fn field(at: u64, body: &[u8]) -> Vec<u8> {
    [varint(at << 3 | 2), varint(body.len() as u64), body.to_vec()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}
