//! The program as it is handed out: as a wheel, as a hook of pre-commit, as a GitHub action, and as docs/ci.md says.
//!
//! What that needs besides python3 and git (maturin, pre-commit) is installed into target/packaging, once. Where it
//! cannot be installed, the tests are skipped with a sentence; on CI that is a failure. Everything is built with the
//! profile of the tests and beside them, so that (with cargo 1.91 or newer) only this crate is compiled anew.

mod documents;
mod hooks;
mod tools;
mod wheels;

use libtest_mimic::{Arguments, Failed, Trial};
use tools::Tools;

/// Says why it failed.
type Outcome = Result<(), Failed>;

type Test = fn(&Tools) -> Outcome;

const TESTS: [(&str, Test); 7] = [
    ("a_wheel_installs_and_runs", wheels::a_wheel_installs_and_runs),
    ("the_source_package_is_whole", wheels::the_source_package_is_whole),
    ("the_hooks_block_a_commit_and_mend_it", hooks::they_block_a_commit_and_mend_it),
    ("the_hooks_are_described_as_they_must_be", hooks::they_are_described_as_they_must_be),
    ("the_action_runs", documents::the_action_runs),
    ("the_commands_of_the_document_run", documents::its_commands_run),
    ("the_jobs_of_the_document_run", documents::its_jobs_run),
];

fn main() {
    let mut arguments = Arguments::from_args();
    // They share one folder to build in.
    arguments.test_threads = Some(1);
    let is_ci = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    let is_wanted = |name: &str| arguments.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()));
    let tools = match TESTS.iter().any(|(name, _)| is_wanted(name)) && !arguments.list {
        true => Tools::prepare(),
        false => Err("nobody asked for them".to_string()),
    };
    if let Err(sentence) = &tools
        && !arguments.list
    {
        eprintln!("packaging is not tested: {sentence}");
    }
    let is_skipped = tools.is_err() && !is_ci;
    let trials = TESTS.map(|(name, test)| {
        let tools = tools.clone();
        Trial::test(name, move || test(&tools?)).with_ignored_flag(is_skipped)
    });
    libtest_mimic::run(&arguments, trials.into()).exit();
}
