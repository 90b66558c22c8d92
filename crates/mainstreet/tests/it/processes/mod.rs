//! Real processes on real databases: killed while they write, and two of them on one server.

mod doctor;
mod full;
mod jobs;
mod killed;
mod members;
mod nodes;
mod proxy;
mod slow;
