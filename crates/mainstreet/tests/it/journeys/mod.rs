//! The product as its people use it, in a browser, on the invented community.

mod browser;
mod demo;
mod desk;
mod keyboard;
mod rehearsal;
mod rules;
#[path = "../../../../web/tests/it/six_place.rs"]
mod six_place;
