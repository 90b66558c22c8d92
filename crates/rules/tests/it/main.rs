//! The language as its users meet it.

mod wrong;
