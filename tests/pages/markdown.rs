//! A page as lines: headings, fenced blocks, names of files, and prose.
//!
//! The Markdown of a rule page is a small part of the language, and every failure has to name the line it comes from,
//! so it is read by hand, strictly: what looks like a mistake is one.

/// Something about a page that is not as it should be; lines count from 1.
#[derive(Debug, PartialEq)]
pub struct Problem {
    pub line: usize,
    pub message: String,
}

impl Problem {
    pub fn new(line: usize, message: impl Into<String>) -> Problem {
        Problem { line, message: message.into() }
    }
}

#[derive(Debug)]
pub enum Item {
    Heading {
        level: usize,
        text: String,
        line: usize,
    },
    Block(Block),
    /// `` `feed.py`: `` on a line of its own: the file that the next block belongs to.
    Label {
        file: String,
        line: usize,
    },
    /// One paragraph.
    Prose {
        lines: Vec<String>,
        line: usize,
    },
}

#[derive(Debug, Clone)]
pub struct Block {
    pub language: String,
    /// The line of the opening fence.
    pub fence: usize,
    pub lines: Vec<String>,
}

impl Block {
    /// The page's line of the block's nth line, both from 1.
    pub fn line(&self, nth: usize) -> usize {
        self.fence + nth
    }

    /// The line of the closing fence.
    pub fn end(&self) -> usize {
        self.fence + self.lines.len() + 1
    }

    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// All the items of a page, and everything that could not be read.
pub fn read(text: &str) -> (Vec<Item>, Vec<Problem>) {
    let mut items = Vec::new();
    let mut problems = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let (line, number) = (lines[at], at + 1);
        at += 1;
        if line.trim().is_empty() {
            continue;
        }
        if let Some(language) = line.strip_prefix("```") {
            // A longer fence holds text that has a fence in it.
            let extra = language.len() - language.trim_start_matches('`').len();
            let fence = "`".repeat(3 + extra);
            let end = lines[at..].iter().position(|line| line.starts_with(&fence));
            let Some(length) = end.filter(|&end| lines[at + end].trim_end() == fence) else {
                problems.push(Problem::new(number, "this block is not closed"));
                break;
            };
            let content = lines[at..at + length].iter().map(|line| line.to_string()).collect();
            items.push(Item::Block(Block { language: language[extra..].trim().into(), fence: number, lines: content }));
            at += length + 1;
        } else if line.trim_start().starts_with("```") {
            problems.push(Problem::new(number, "a block starts at the beginning of the line"));
        } else if line.starts_with('#') {
            let level = line.len() - line.trim_start_matches('#').len();
            match line[level..].strip_prefix(' ') {
                Some(text) if level <= 3 => items.push(Item::Heading { level, text: text.trim().into(), line: number }),
                _ => problems.push(Problem::new(number, "a heading is `# name`, `## section` or `### case`")),
            }
        } else if let Some(file) = line.trim_end().strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")) {
            items.push(Item::Label { file: file.into(), line: number });
        } else {
            let rest = lines[at..].iter().take_while(|line| continues_paragraph(line)).count();
            let paragraph = lines[at - 1..at + rest].iter().map(|line| line.to_string()).collect();
            items.push(Item::Prose { lines: paragraph, line: number });
            at += rest;
        }
    }
    (items, problems)
}

fn continues_paragraph(line: &str) -> bool {
    let line = line.trim();
    !(line.is_empty() || line.starts_with("```") || line.starts_with('#') || line.ends_with("`:"))
}
