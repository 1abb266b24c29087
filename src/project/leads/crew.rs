//! Several threads for one piece of work.
//!
//! While a ring is worked out nobody else gets at what is known of the modules, so the threads that check files wait. The
//! ones that are begun here do not: each takes the next item until there is none left.

use std::sync::Mutex;
use std::thread;

use crate::panics;

/// So few items are not worth a thread.
const FEW: usize = 4;

/// Lets the work be done on every item, and gives the outcomes in the order of the items.
pub fn each<I: Send, O: Send>(threads: usize, items: &mut [I], work: impl Fn(usize, &mut I) -> O + Sync) -> Vec<O> {
    if threads <= 1 || items.len() < FEW {
        return items.iter_mut().enumerate().map(|(index, item)| work(index, item)).collect();
    }
    let mut outcomes: Vec<Option<O>> = items.iter().map(|_| None).collect();
    let open = Mutex::new(items.iter_mut().zip(&mut outcomes).enumerate());
    // Nothing panics while it is locked.
    let next = || open.lock().ok().and_then(|mut open| open.next());
    let take = || {
        while let Some((index, (item, outcome))) = next() {
            *outcome = Some(work(index, item));
        }
    };
    thread::scope(|scope| {
        // Where the system has no more threads to give, there are fewer.
        let begin = |_| thread::Builder::new().spawn_scoped(scope, || panics::guarded(take)).ok();
        let others: Vec<_> = (1..threads).filter_map(begin).collect();
        take();
        for other in others {
            if let Ok(Err(words)) = other.join() {
                panics::pass_on(words);
            }
        }
    });
    outcomes.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_in_order() {
        for threads in [1, 2, 5] {
            let mut items: Vec<usize> = (0..100).collect();
            let outcomes = each(threads, &mut items, |index, item| {
                *item += 1;
                index * 2
            });
            assert_eq!(outcomes, (0..100).map(|index| index * 2).collect::<Vec<_>>());
            assert_eq!(items, (1..=100).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_panic_is_that_of_who_asked() {
        panics::remember_panics();
        let words = panics::guarded(|| each(3, &mut [0; 64], |index, _| assert!(index != 63, "not that one")));
        assert!(words.is_err_and(|words| words.starts_with("not that one at ")));
    }
}
