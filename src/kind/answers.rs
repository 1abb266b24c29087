//! The answers given so far, and the questions that are still open.
//!
//! A question that is asked again while it is being answered is Unknown, and so is one at the end of too long a chain.
//! What was answered by leaning on such a cut may be answered better later: it is kept only as long as every question
//! that it leant on is still open. Without that, code in which everything calls everything would be walked through again
//! for each question about it.
//!
//! An answer also holds only as long as the parameters it leant on stand for the same (`decorators`): while a wrapper is
//! looked through, its answers are kept apart, and those that ask for no parameter go on to hold.

use rustc_hash::FxHashMap;

use super::{Given, In, Question, Value};
use crate::facts::FunctionId;

/// How long a chain of questions may grow before the answer is Unknown.
const DEEPEST: usize = 60;

#[derive(Default)]
pub(super) struct Answers {
    /// They hold for the whole check.
    settled: FxHashMap<Question, Value>,
    /// They lean on what parameters stand for now.
    given: FxHashMap<Question, Value>,
    /// They lean on open questions.
    passing: FxHashMap<Question, Passing>,
    /// Outermost first.
    open: Vec<Open>,
    /// What parameters stand for, innermost last.
    stands_for: Vec<Given>,
}

struct Passing {
    value: Value,
    leans: Leans,
}

struct Open {
    question: Question,
    leans: Leans,
    /// Answers to be forgotten when this question is answered: it is the innermost that they lean on.
    passing: Vec<Question>,
}

/// What an answer leans on.
#[derive(Clone, Copy, Default)]
struct Leans {
    /// The outermost and the innermost of the open questions, by their places.
    cut: Option<(usize, usize)>,
    param: bool,
}

impl Leans {
    fn add(&mut self, other: Leans) {
        self.param |= other.param;
        self.cut = match (self.cut, other.cut) {
            (Some((first, last)), Some((first_other, last_other))) => {
                Some((first.min(first_other), last.max(last_other)))
            }
            (cut, None) | (None, cut) => cut,
        };
    }
}

impl Answers {
    /// The answer, if it is there or the question must not be asked; otherwise the question is open from now on.
    pub(super) fn open(&mut self, question: Question) -> Option<Value> {
        if let Some(value) = self.settled.get(&question) {
            return Some(value.clone());
        }
        if let Some(value) = self.given.get(&question).cloned() {
            self.lean(Leans { cut: None, param: true });
            return Some(value);
        }
        if let Some(passing) = self.passing.get(&question) {
            let (value, leans) = (passing.value.clone(), passing.leans);
            self.lean(leans);
            return Some(value);
        }
        let again = self.open.iter().position(|open| open.question == question);
        let too_long = (self.open.len() >= DEEPEST).then_some(0);
        if let Some(cut) = again.or(too_long) {
            self.lean(Leans { cut: Some((cut, cut)), param: false });
            return Some(Value::Unknown);
        }
        self.open.push(Open { question, leans: Leans::default(), passing: Vec::new() });
        None
    }

    /// The innermost open question is answered. An answer that is not kept is worked out anew each time.
    pub(super) fn close(&mut self, kept: Option<&Value>) {
        let Some(closed) = self.open.pop() else { return };
        for question in closed.passing {
            self.passing.remove(&question);
        }
        let mut leans = closed.leans;
        // What it leant on further in, and on itself, is answered now.
        let place = self.open.len();
        leans.cut = leans.cut.filter(|(first, _)| *first < place).map(|(first, last)| (first, last.min(place - 1)));
        match (leans.cut, kept) {
            (_, None) => {}
            (None, Some(value)) if leans.param => {
                self.given.insert(closed.question, value.clone());
            }
            (None, Some(value)) => {
                self.settled.insert(closed.question, value.clone());
            }
            (Some((_, last)), Some(value)) => {
                self.passing.insert(closed.question, Passing { value: value.clone(), leans });
                self.open[last].passing.push(closed.question);
            }
        }
        self.lean(leans);
    }

    fn lean(&mut self, leans: Leans) {
        if let Some(open) = self.open.last_mut() {
            open.leans.add(leans);
        }
    }

    /// A cut that is no question's: the answer may be better from elsewhere.
    pub(super) fn cut(&mut self) {
        self.lean(Leans { cut: Some((0, 0)), param: false });
    }

    /// What a parameter stands for just now.
    pub(super) fn stands_for(&mut self, function: In<FunctionId>, param: usize) -> Option<Value> {
        self.lean(Leans { cut: None, param: true });
        let found = self.stands_for.iter().rev().find(|given| given.function == function && given.param == param);
        found.map(|given| given.value.clone())
    }

    /// How many parameters stand for something.
    pub(super) fn depth(&self) -> usize {
        self.stands_for.len()
    }

    /// A parameter stands for something from now on; what is given back belongs to the time before.
    pub(super) fn give(&mut self, given: Given) -> Before {
        self.stands_for.push(given);
        Before { given: std::mem::take(&mut self.given), passing: std::mem::take(&mut self.passing) }
    }

    pub(super) fn give_back(&mut self, before: Before) {
        self.stands_for.pop();
        self.given = before.given;
        self.passing = before.passing;
    }
}

/// Answers from before a parameter stood for something.
pub(super) struct Before {
    given: FxHashMap<Question, Value>,
    passing: FxHashMap<Question, Passing>,
}
