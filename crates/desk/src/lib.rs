//! The desk: what a community manager does with what happens in the community.

pub mod metrics;
