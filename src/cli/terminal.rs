//! The two streams: findings out, sentences about the run to standard error.
//!
//! Everything is collected before it is written, so that a long report costs few system calls. A pipe that is closed
//! at the other end is the normal end of output.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use supports_hyperlinks::Stream;

use super::Status;
use crate::panics;
use crate::render::Palette;

/// Prose gets no wider than this, however wide the window.
const WIDEST: usize = 100;

pub struct Terminal {
    out: Palette,
    err: Palette,
}

/// Once, before anything is written.
pub fn prepare() {
    panics::remember_panics();
    // The streams honour NO_COLOR and CLICOLOR_FORCE by themselves; this one is what other tools use.
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("FORCE_COLOR") && !is_set("NO_COLOR") && std::env::var_os("FORCE_COLOR").is_some_and(|it| it != "0") {
        ColorChoice::Always.write_global();
    }
}

impl Terminal {
    /// None for the choice leaves it to the environment and the streams.
    pub fn new(choice: Option<ColorChoice>) -> Terminal {
        if let Some(choice @ (ColorChoice::Always | ColorChoice::Never)) = choice {
            choice.write_global();
        }
        let palette = |choice, has_links| match choice {
            ColorChoice::Never => Palette::default(),
            _ => Palette { has_links, ..Palette::coloured() },
        };
        let out = palette(AutoStream::choice(&io::stdout()), supports_hyperlinks::on(Stream::Stdout));
        let err = palette(AutoStream::choice(&io::stderr()), supports_hyperlinks::on(Stream::Stderr));
        Terminal { out, err }
    }

    /// The colours of standard output.
    pub fn palette(&self) -> &Palette {
        &self.out
    }

    /// How wide prose may be.
    pub fn width(&self) -> usize {
        let is_shown = io::stdout().is_terminal();
        let window = if is_shown { terminal_size::terminal_size() } else { None };
        window.map_or(80, |(width, _)| usize::from(width.0)).clamp(20, WIDEST)
    }

    /// Begins with an empty window, where there is one.
    pub fn clear(&self) {
        if io::stdout().is_terminal() {
            self.print("\u{1b}[2J\u{1b}[H");
        }
    }

    /// Writes to standard output; a failure becomes a sentence.
    pub fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Status {
        let stdout = io::stdout().lock();
        // Without colours nothing needs to be taken out again.
        let stream: Box<dyn Write> =
            if self.out == Palette::default() { Box::new(stdout) } else { Box::new(AutoStream::auto(stdout)) };
        self.finish(stream, "standard output", write)
    }

    /// Writes to standard error what belongs on standard output when that is taken.
    pub fn write_aside(&self, write: impl FnOnce(&mut dyn Write, &Palette) -> io::Result<()>) -> Status {
        let stream = AutoStream::auto(io::stderr().lock());
        self.finish(Box::new(stream), "standard error", |out| write(out, &self.err))
    }

    fn finish(
        &self,
        stream: Box<dyn Write + '_>,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Status {
        let mut buffer = BufWriter::with_capacity(1 << 16, stream);
        let written = write(&mut buffer).and_then(|()| buffer.flush());
        // What could not be written is not to be tried again.
        let _ = buffer.into_parts();
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.error(&format!("{name} cannot be written: {}", crate::files::reason(&error)));
                Status::Trouble
            }
            _ => Status::Clean,
        }
    }

    pub fn print(&self, text: &str) -> Status {
        self.write(|out| out.write_all(text.as_bytes()))
    }

    pub fn print_json(&self, text: serde_json::Result<String>) -> Status {
        self.write(|out| writeln!(out, "{}", text?))
    }

    /// Something that went wrong, and what to do about it.
    pub fn error(&self, sentence: &str) {
        self.say("error", self.err.error, sentence);
    }

    /// Something to know that changes no outcome.
    pub fn warning(&self, sentence: &str) {
        self.say("warning", self.err.warning, sentence);
    }

    /// How the run went.
    pub fn note(&self, sentence: &str) {
        self.to_stderr(&format!("{sentence}\n"));
    }

    fn say(&self, kind: &str, style: Style, sentence: &str) {
        self.to_stderr(&format!("{style}{kind}{style:#}: {sentence}\n"));
    }

    fn to_stderr(&self, text: &str) {
        // If nobody listens there, nobody can be told.
        let _ = AutoStream::auto(io::stderr().lock()).write_all(text.as_bytes());
    }
}
