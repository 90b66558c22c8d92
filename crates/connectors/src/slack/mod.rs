//! stub
use crate::{Found, Progress};
use mainstreet_kernel::Result;
use std::path::PathBuf;
pub(crate) fn read(_: &[PathBuf], _: &Progress, _: &mut dyn FnMut(Found) -> Result<()>) -> Result<()> {
    Ok(())
}
