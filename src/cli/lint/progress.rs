//! A line in the terminal that says how far a long run is. In a pipe and in a log there is none.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::cli::terminal::Terminal;

/// Who gets an answer within this time needs no news about it.
const SOON: Duration = Duration::from_millis(400);
const STEP: Duration = Duration::from_millis(100);

/// Does the work, which counts what it has done, and tells how far it is.
pub fn told<T>(terminal: &Terminal, files: usize, work: impl FnOnce(&AtomicUsize) -> T) -> T {
    let done = AtomicUsize::new(0);
    if !terminal.shows_progress() {
        return work(&done);
    }
    let (end, ended) = channel::<()>();
    let counted = &done;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut wait = SOON;
            let mut is_shown = false;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                terminal.progress(&format!("Checked {} of {files} files", counted.load(Ordering::Relaxed)));
                is_shown = true;
                wait = STEP;
            }
            if is_shown {
                terminal.progress("");
            }
        });
        let outcome = work(counted);
        drop(end);
        outcome
    })
}
