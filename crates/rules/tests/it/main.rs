//! The language as its users meet it.

mod hostile;
mod made;
mod same;
mod wrong;
