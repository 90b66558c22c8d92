//! The only crate that serves HTTP and knows HTML.

pub mod charts;
