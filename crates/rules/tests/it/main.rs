//! The language as its users meet it.

mod guide;
mod hostile;
mod made;
mod mistakes;
mod same;
mod segments;
mod wrong;
