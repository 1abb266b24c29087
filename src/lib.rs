//! aiterlint finds async-iterator mistakes in Python before they run.
//!
//! The modules in reading order are the layers, each allowed to know only those above it; `tests/layers.rs` keeps the
//! walls. `docs/architecture.md` tells the story.

pub mod text;

pub mod diagnostic;

pub mod fingerprint;

pub mod config;

pub mod syntax;

pub mod facts;

pub mod flow;

pub mod project;

pub mod kind;

pub mod rule;

pub mod rules;

pub mod look;

pub mod suppress;

pub mod check;

pub mod about;

pub mod fix;

pub mod notebook;

pub mod files;

pub mod render;

pub mod explain;

pub mod panics;

pub mod cli;

pub mod server;
