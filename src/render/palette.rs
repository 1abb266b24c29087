//! The colours of the terminal, each by what it says.

use anstyle::{AnsiColor, Style};

use crate::diagnostic::Severity;

/// All plain by default: then nothing but the text is written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Palette {
    pub error: Style,
    pub warning: Style,
    pub info: Style,
    pub strong: Style,
    /// Line numbers, frames, what is there for orientation.
    pub quiet: Style,
    /// Places that belong to the story.
    pub note: Style,
    pub code: Style,
    pub added: Style,
    pub removed: Style,
    /// Whether names may be links.
    pub has_links: bool,
}

impl Palette {
    pub fn coloured() -> Palette {
        let bright = |colour: AnsiColor| colour.on_default().bold();
        Palette {
            error: bright(AnsiColor::BrightRed),
            warning: bright(AnsiColor::BrightYellow),
            info: bright(AnsiColor::BrightCyan),
            strong: Style::new().bold(),
            quiet: AnsiColor::Cyan.on_default(),
            note: AnsiColor::Cyan.on_default(),
            code: AnsiColor::Cyan.on_default(),
            added: AnsiColor::Green.on_default(),
            removed: AnsiColor::Red.on_default(),
            has_links: false,
        }
    }

    pub fn severity(&self, severity: Severity) -> Style {
        match severity {
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Info => self.info,
        }
    }
}
