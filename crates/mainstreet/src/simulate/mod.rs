//! An invented community: Osier Lane, where people grow things and tinker with Rill, an open watering
//! controller. A year in its life, ending now, the same for the same seed.
//!
//! [`Story`] is an iterator of [`Happening`](happening::Happening)s in the order of time and knows the [`Truth`](truth::Truth) about itself, so that
//! tests can ask the metrics to find it again. The texts are in `texts/`, in the language of [`grammar`].

mod blind;
mod crowd;
mod dice;
mod governance;
mod grammar;
mod happening;
mod people;
mod rhythm;
mod scenes;
pub(crate) mod shift;
mod speech;
mod staging;
mod story;
mod talk;
mod truth;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use story::{Setting, Story};
pub(crate) use write::write;

/// The texts, file by file.
const TEXTS: &[(&str, &str)] = &[
    ("spaces.txt", include_str!("texts/spaces.txt")),
    ("names.txt", include_str!("texts/names.txt")),
    ("words.txt", include_str!("texts/words.txt")),
    ("small-talk.txt", include_str!("texts/small-talk.txt")),
    ("questions-setup.txt", include_str!("texts/questions-setup.txt")),
    ("questions-water.txt", include_str!("texts/questions-water.txt")),
    ("questions-sensors.txt", include_str!("texts/questions-sensors.txt")),
    ("questions-app.txt", include_str!("texts/questions-app.txt")),
    ("questions-firmware.txt", include_str!("texts/questions-firmware.txt")),
    ("questions-growing.txt", include_str!("texts/questions-growing.txt")),
    ("talks.txt", include_str!("texts/talks.txt")),
    ("shows.txt", include_str!("texts/shows.txt")),
    ("team.txt", include_str!("texts/team.txt")),
    ("trouble.txt", include_str!("texts/trouble.txt")),
    ("tongues.txt", include_str!("texts/tongues.txt")),
];
