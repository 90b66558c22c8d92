//! The only crate that serves HTTP and knows HTML.
//!
//! [`App`] is what a node needs to answer requests. [`routes`] lists every page. Handlers are
//! `async fn(cx: Cx) -> Page`: one handler type for the whole product, and the first lines of each say what it
//! needs of the request.
//!
//! **Invariant:** status codes, cookies, forms and HTML are known here and nowhere else.

mod app;
mod assets;
pub mod charts;
mod community;
mod cookies;
mod desk;
mod error;
mod hand_off;
mod live;
mod mail;
mod pages;
mod request;
mod routes;
mod serve;
mod session;
mod setup;
mod upload;
mod views;

pub use app::{App, Config};
pub use mail::deliver_waiting;
pub use routes::{list, routes};
pub use serve::serve;
