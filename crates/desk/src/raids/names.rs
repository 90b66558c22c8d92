//! Names that look like other names: of the team, or of each other.

use mainstreet_kernel::text::fold;

/// Letters of other scripts, digits and signs that look like a Latin letter.
const LIKE: &[(char, &str)] = &[
    ('a', "@4àáâãäåаαą"),
    ('b', "8ьв"),
    ('c', "çсćč"),
    ('d', "ԁđ"),
    ('e', "3èéêëеєεę"),
    ('g', "9ğ"),
    ('h', "һн"),
    ('i', "1!|lìíîïіıι"),
    ('j', "ј"),
    ('k', "кκ"),
    ('m', "м"),
    ('n', "ñńп"),
    ('o', "0òóôõöøоοσ"),
    ('p', "рρ"),
    ('q', "ԛ"),
    ('r', "гř"),
    ('s', "5$ѕśşš"),
    ('t', "7тτ"),
    ('u', "ùúûüυц"),
    ('v', "ν"),
    ('w', "ѡω"),
    ('x', "хχ×"),
    ('y', "ýÿуγ"),
    ('z', "2żžź"),
];

/// A name with look-alikes made one, without signs between: two names that look the same have the same skeleton.
pub fn skeleton(name: &str) -> String {
    let folded = fold(name).replace("rn", "m").replace("vv", "w");
    let mut out = String::with_capacity(folded.len());
    for letter in folded.chars().filter(|letter| letter.is_alphanumeric() || "@!|$×".contains(*letter)) {
        let like = LIKE.iter().find(|(_, signs)| signs.contains(letter)).map_or(letter, |(plain, _)| *plain);
        out.push(like);
    }
    out
}

/// A name without the digits and signs that a program puts at its end: what a series of accounts shares.
pub fn stem(name: &str) -> String {
    let folded = fold(name);
    folded.trim_end_matches(|letter: char| letter.is_ascii_digit() || "_-.".contains(letter)).to_owned()
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour to make one word of the other.
pub fn distance(one: &str, other: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut above: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
            let change = at(&last, j) + usize::from(letter != other);
            let mut best = change.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(other) && b.get(j - 1) == Some(letter);
            if swapped {
                best = best.min(at(&above, j - 1) + 1);
            }
            row.push(best);
        }
        above = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

/// True when a new name could be taken for a known one: the same look, or a letter or two away.
pub fn alike(new: &str, known: &str) -> bool {
    let (a, b) = (skeleton(new), skeleton(known));
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let allowed = match b.chars().count() {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    };
    // A known name with words around it: nadia-support, the.real.nadia.
    let dressed = b.chars().count() >= 4
        && a != b
        && a.contains(&b)
        && ["support", "admin", "team", "real", "official", "mod", "help"]
            .iter()
            .map(|word| skeleton(word))
            .any(|word| a.contains(&word) && !b.contains(&word));
    distance(&a, &b) <= allowed || dressed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_single_changes() {
        for (one, other, expect) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("nadia", "nadia", 0),
            ("nadia", "nadai", 1),
            ("nadia", "nadja", 1),
            ("nadia", "nada", 1),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
            ("ca", "abc", 3),
        ] {
            assert_eq!(distance(one, other), expect, "{one} {other}");
        }
    }

    #[test]
    fn names_that_look_alike_are_seen() {
        for (new, known, expect) in [
            ("nаdia", "nadia", true),
            ("Nad1a", "nadia", true),
            ("nadia_", "nadia", true),
            ("nadja", "nadia", true),
            ("nadia-support", "nadia", true),
            ("marijke2", "marijke", true),
            ("anna", "anni", false),
            ("nadine", "nadia", false),
            ("seung", "seun", false),
            ("martin", "marijke", false),
            ("", "nadia", false),
        ] {
            assert_eq!(alike(new, known), expect, "{new} {known}");
        }
    }

    #[test]
    fn a_series_of_names_has_one_stem() {
        assert_eq!(stem("Best_Deals_0412"), "best_deals");
        assert_eq!(stem("anna"), "anna");
        assert_eq!(stem("2024"), "");
    }
}
