//! The program as a user meets it: run in a folder of its own, judged by what it prints and how it ends.

#[path = "real/code.rs"]
mod code;

mod cli {
    mod always;
    mod cache;
    mod described;
    mod faults;
    mod findings;
    mod formats;
    mod notebooks;
    mod old_code;
    mod output;
    mod paths;
    mod project;
    mod settings;
    mod usage;
    mod watch;
}
