//! What shells and `man` know of the program, from the definitions of its arguments.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::Status;
use super::args::Arguments;
use super::terminal::Terminal;
use crate::files::{reason, shown};

pub fn completions(shell: Shell, terminal: &Terminal) -> Status {
    terminal.write(|out| {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Arguments::command(), "aiterlint", &mut script);
        out.write_all(&script)
    })
}

/// A page for each command.
pub fn pages(folder: &Path, terminal: &Terminal) -> Status {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Arguments::command(), folder));
    match written {
        Ok(()) => Status::Clean,
        Err(error) => {
            terminal.error(&format!("{}: the pages cannot be written: {}", shown(folder), reason(&error)));
            Status::Trouble
        }
    }
}
