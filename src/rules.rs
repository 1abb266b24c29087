//! The list of rules. Nobody edits it: `BLESS=1 cargo test` keeps it complete and sorted.

mod aclose_on_non_generator;
mod aiter_is_coroutine;
mod aiter_needs_310;
mod aiter_returns_non_iterator;
mod aiter_two_args;
mod anext_implicit_none;
mod anext_is_generator;
mod anext_leaks_in_asyncgen;
mod anext_leaks_stop_iteration;
mod anext_not_awaitable;
mod anext_not_awaited;
mod anext_on_iterable;
mod anext_raises_stop_iteration;
mod anext_returns_unawaited;
mod as_completed_needs_313;
mod asend_before_start;
mod async_fixture_undecorated;
mod async_for_outside_async;
mod async_for_over_coroutine;
mod async_for_over_function;
mod async_for_over_sync;
mod async_with_over_asyncgen;
mod asyncgen_as_coroutine;
mod asyncgen_as_sync_contextmanager;
mod asyncgen_break_unclosed;
mod asyncgen_delegation_unclosed;
mod asyncgen_ignores_exit;
mod asyncgen_in_condition;
mod asyncgen_never_awaits;
mod asyncgen_yields_unawaited;
mod asyncmock_for_asyncgen;
mod await_aiter;
mod await_asyncgen;
mod bad_signature;
mod cached_asyncgen;
mod closing_not_aclosing;
mod cm_multi_yield;
mod cm_no_yield_path;
mod cm_used_as_value;
mod compare_to_stop;
mod concurrent_anext;
mod contextvar_across_yield;
mod dunder_call;
mod iscoroutinefunction_on_asyncgen;
mod iterator_escapes_context;
mod manual_loop;
mod missing_aiter;
mod missing_anext;
mod mixed_protocols;
mod nested_async_comp_needs_311;
mod nested_same_iterator;
mod never_iterated;
mod next_in_executor;
mod next_leaks_stop_async;
mod next_on_async;
mod raise_stop_in_asyncgen;
mod redundant_aiter;
mod retry_on_asyncgen;
mod return_stop_async_iteration;
mod reuse_exhausted;
mod stub_not_iterator;
mod sync_consumer;
mod sync_for_over_async;
mod sync_iter_on_async_response;
mod sync_method_on_asyncgen;
mod syntax_error;
mod timeout_kills_asyncgen;
mod unknown_rule;
mod unused_ignore;
mod wrong_annotation;
mod wrong_except;
mod yield_from_async;
mod yield_from_sync_in_asyncgen;
mod yield_in_cancel_scope;

use crate::rule::Rule;

/// Every rule, by name.
pub static RULES: &[&Rule] = &[
    // One a line, so that branches that add rules merge.
    &aclose_on_non_generator::RULE,
    &aiter_is_coroutine::RULE,
    &aiter_needs_310::RULE,
    &aiter_returns_non_iterator::RULE,
    &aiter_two_args::RULE,
    &anext_implicit_none::RULE,
    &anext_is_generator::RULE,
    &anext_leaks_in_asyncgen::RULE,
    &anext_leaks_stop_iteration::RULE,
    &anext_not_awaitable::RULE,
    &anext_not_awaited::RULE,
    &anext_on_iterable::RULE,
    &anext_raises_stop_iteration::RULE,
    &anext_returns_unawaited::RULE,
    &as_completed_needs_313::RULE,
    &asend_before_start::RULE,
    &async_fixture_undecorated::RULE,
    &async_for_outside_async::RULE,
    &async_for_over_coroutine::RULE,
    &async_for_over_function::RULE,
    &async_for_over_sync::RULE,
    &async_with_over_asyncgen::RULE,
    &asyncgen_as_coroutine::RULE,
    &asyncgen_as_sync_contextmanager::RULE,
    &asyncgen_break_unclosed::RULE,
    &asyncgen_delegation_unclosed::RULE,
    &asyncgen_ignores_exit::RULE,
    &asyncgen_in_condition::RULE,
    &asyncgen_never_awaits::RULE,
    &asyncgen_yields_unawaited::RULE,
    &asyncmock_for_asyncgen::RULE,
    &await_aiter::RULE,
    &await_asyncgen::RULE,
    &bad_signature::RULE,
    &cached_asyncgen::RULE,
    &closing_not_aclosing::RULE,
    &cm_multi_yield::RULE,
    &cm_no_yield_path::RULE,
    &cm_used_as_value::RULE,
    &compare_to_stop::RULE,
    &concurrent_anext::RULE,
    &contextvar_across_yield::RULE,
    &dunder_call::RULE,
    &iscoroutinefunction_on_asyncgen::RULE,
    &iterator_escapes_context::RULE,
    &manual_loop::RULE,
    &missing_aiter::RULE,
    &missing_anext::RULE,
    &mixed_protocols::RULE,
    &nested_async_comp_needs_311::RULE,
    &nested_same_iterator::RULE,
    &never_iterated::RULE,
    &next_in_executor::RULE,
    &next_leaks_stop_async::RULE,
    &next_on_async::RULE,
    &raise_stop_in_asyncgen::RULE,
    &redundant_aiter::RULE,
    &retry_on_asyncgen::RULE,
    &return_stop_async_iteration::RULE,
    &reuse_exhausted::RULE,
    &stub_not_iterator::RULE,
    &sync_consumer::RULE,
    &sync_for_over_async::RULE,
    &sync_iter_on_async_response::RULE,
    &sync_method_on_asyncgen::RULE,
    &syntax_error::RULE,
    &timeout_kills_asyncgen::RULE,
    &unknown_rule::RULE,
    &unused_ignore::RULE,
    &wrong_annotation::RULE,
    &wrong_except::RULE,
    &yield_from_async::RULE,
    &yield_from_sync_in_asyncgen::RULE,
    &yield_in_cancel_scope::RULE,
];

/// The rule of that name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// The rule whose name comes nearest to a misspelt one, if any comes near.
pub fn nearest(name: &str) -> Option<&'static str> {
    let wanted = name.to_lowercase().replace('_', "-");
    let distances = RULES.iter().map(|rule| (distance(&wanted, rule.name), rule.name));
    let (distance, rule) = distances.min()?;
    (distance <= name.len() / 3 + 1).then_some(rule)
}

/// How many letters must be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitute = diagonal + (x != *y) as usize;
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
