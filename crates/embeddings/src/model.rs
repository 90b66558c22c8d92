//! A model that is ready: a thread with the net on it, and the way to ask it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use mainstreet_kernel::{Error, Result};

use crate::Vector;
use crate::engine::Engine;
use crate::files::Files;

/// How many texts may wait for the model.
const WAITING: usize = 4;
/// What the thread of a model may use of its stack, in bytes.
const STACK: usize = 8 << 20;

/// A text and where its direction is wanted.
type Asked = (String, SyncSender<Result<Vector>>);

/// A sentence model in memory. Asked from any thread; texts are taken one after the other. Its thread ends with it,
/// and with it whatever a broken model did there.
#[derive(Debug)]
pub struct Model {
    thread: SyncSender<Asked>,
    ended: Arc<AtomicBool>,
}

/// Says that the thread ended, however it did.
struct Ended(Arc<AtomicBool>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Model {
    /// Loads a model and makes it ready. `tokens` bounds how much of a text it reads. Errors: a sentence that says
    /// what is wrong with the files.
    pub fn load(files: &Files, tokens: usize) -> Result<Self> {
        let (net, tokenizer, plain) = files.read()?;
        let (thread, asked) = sync_channel::<Asked>(WAITING);
        let (ready, loaded) = sync_channel(1);
        let ended = Arc::new(AtomicBool::new(false));
        let mark = Ended(Arc::clone(&ended));
        std::thread::Builder::new()
            .name("embeddings".to_owned())
            .stack_size(STACK)
            .spawn(move || {
                let _mark = mark;
                match Engine::new(net, &tokenizer, plain, tokens) {
                    Ok(engine) => {
                        let _ = ready.send(Ok(()));
                        answer(&engine, &asked);
                    }
                    Err(error) => drop(ready.send(Err(error))),
                }
            })
            .map_err(Error::internal)?;
        loaded.recv().map_err(|_| broken())??;
        Ok(Self { thread, ended })
    }

    /// Whether its thread has ended: whatever it is asked from now on fails.
    pub fn is_broken(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// The direction of `text`; waits for its turn. Errors: the model fails on it.
    pub fn embed(&self, text: &str) -> Result<Vector> {
        let (reply, answered) = sync_channel(1);
        self.thread.send((text.to_owned(), reply)).map_err(|_| broken())?;
        answered.recv().map_err(|_| broken())?
    }

    /// As [`Model::embed`], but gives nothing when others wait already: for those who can do without.
    pub fn embed_soon(&self, text: &str) -> Result<Option<Vector>> {
        let (reply, answered) = sync_channel(1);
        match self.thread.try_send((text.to_owned(), reply)) {
            Ok(()) => answered.recv().map_err(|_| broken())?.map(Some),
            Err(TrySendError::Full(_)) => Ok(None),
            Err(TrySendError::Disconnected(_)) => Err(broken()),
        }
    }
}

fn broken() -> Error {
    Error::invalid("The model broke while it was run. It cannot be used here; try another file.")
}

fn answer(engine: &Engine, asked: &Receiver<Asked>) {
    while let Ok((text, reply)) = asked.recv() {
        // A net may panic on one text and be sound for the next: it keeps nothing between them.
        let tried = catch_unwind(AssertUnwindSafe(|| engine.embed(&text)));
        // Whoever asked may have gone.
        let _ = reply.send(tried.unwrap_or_else(|_| Err(broken())));
    }
}
