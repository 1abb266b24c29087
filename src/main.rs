//! The program: hands its arguments to `cli`, starts the server if that is what they ask for, and exits with a code.

use std::process::ExitCode;

use aiterlint::cli::Outcome;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(match aiterlint::cli::run(std::env::args_os()) {
        Outcome::Ended(status) => status.code(),
        Outcome::Serve => aiterlint::server::run(),
    })
}
