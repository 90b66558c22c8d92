//! Pages and permissions, over real requests to the router and a real database.

#![expect(clippy::unwrap_used, reason = "tests")]

mod calm;
mod composition;
mod desk;
mod drafting;
mod due_process;
mod guidelines;
mod insights;
mod judgement;
mod members;
mod moderation;
mod reviews;
mod routes;
mod rule_acts;
mod rules;
mod segments;
mod settings;
mod six;
mod six_place;
mod support;
