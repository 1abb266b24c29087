//! Calls that run a function in another thread, and wait for it in this one.

use super::*;
use crate::facts::{Argument, CallId, Expression, Splat};

/// What runs in the other thread.
pub struct Threaded {
    pub function: NodeId,
    /// What it is called with, all of it by position.
    pub arguments: Vec<NodeId>,
}

impl Kinds<'_> {
    pub fn threaded(&self, call: In<CallId>) -> Option<Threaded> {
        let module = self.module(call.file);
        let facts = &module.facts;
        let entry = &facts[call.id];
        let skipped = match facts.expression(entry.function) {
            Expression::Attribute { name, .. } if facts.text(name) == "run_in_executor" => 1,
            // `sync_to_async(next)(iterator)`
            Expression::Call(wrapper) => {
                let is_wrapper =
                    &*self.called_name(In { file: call.file, id: wrapper })? == "asgiref.sync.sync_to_async";
                let [wrapped] = &facts[wrapper].arguments[..] else { return None };
                let arguments = plain(&entry.arguments).filter(|_| is_wrapper)?;
                return Some(Threaded { function: wrapped.value, arguments });
            }
            _ => match &*self.called_name(call)? {
                "asyncio.to_thread"
                | "anyio.to_thread.run_sync"
                | "trio.to_thread.run_sync"
                | "starlette.concurrency.run_in_threadpool"
                | "fastapi.concurrency.run_in_threadpool" => 0,
                _ => return None,
            },
        };
        let given = entry.arguments.get(skipped..)?;
        // anyio and trio have settings of their own.
        let settings = given.iter().position(|argument| argument.name.is_some());
        let mut all = plain(&given[..settings.unwrap_or(given.len())])?.into_iter();
        Some(Threaded { function: all.next()?, arguments: all.collect() })
    }
}

/// The values, where each is given by position and none by a star.
fn plain(arguments: &[Argument]) -> Option<Vec<NodeId>> {
    let value =
        |argument: &Argument| (argument.name.is_none() && argument.splat == Splat::None).then_some(argument.value);
    arguments.iter().map(value).collect()
}
