//! A mistake in our own code ends one file's check with a sentence, not the program.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind, set_hook, take_hook};

thread_local! {
    /// Whether somebody on this thread waits to hear about a panic.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
    /// What the last panic on this thread said, kept for the sentence.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The outcome, or what went wrong and where in our code.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let before = IS_GUARDED.replace(true);
    // The state a panic leaves behind is never looked at again: each file has its own.
    let outcome = catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(before);
    outcome.map_err(|_| LAST.take())
}

/// Goes on with a panic of another thread, of which these are the words.
pub fn pass_on(words: String) -> ! {
    LAST.set(words);
    resume_unwind(Box::new("in another thread"))
}

/// From now on a guarded panic is silent and remembered.
pub fn remember_panics() {
    let usual = take_hook();
    set_hook(Box::new(move |panic| if IS_GUARDED.get() { LAST.set(words(panic)) } else { usual(panic) }));
}

fn words(panic: &PanicHookInfo) -> String {
    let payload = panic.payload();
    let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(message), _) => message,
        (_, Some(message)) => message.as_str(),
        _ => "no message",
    };
    let message = message.lines().next().unwrap_or_default();
    match panic.location() {
        Some(place) => format!("{message} at {}:{}", place.file(), place.line()),
        None => message.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_words() {
        remember_panics();
        assert_eq!(guarded(|| 1), Ok(1));
        let words = guarded(|| assert!("a".len() == 2, "no room\nat all")).unwrap_err();
        assert!(words.starts_with("no room at ") && words.contains("panics.rs:"), "{words}");
    }
}
