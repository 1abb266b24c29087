//! The code cells of a notebook as one module.
//!
//! Cells run one after the other and share their names, so they are put together in their order, each followed by a
//! comment that keeps them apart. `# %%` is how plain files mark cells, so what may stand at the top of a cell (`await`)
//! may stand there too.
//!
//! What IPython takes for itself is no Python: lines that begin with `%` or `!`, `name?`, and `x = !ls`. Each such line
//! gives its place to a name that nobody knows, or to a comment, and comes back when the module is split again. A cell in
//! another language (`%%bash`), or one that is not finished, is left out.

use crate::syntax::Outline;
use crate::text::{Source, Span};

/// Cell magics after which Python follows.
const PYTHON: [&str; 8] = ["capture", "debug", "prun", "pypy", "python", "python3", "time", "timeit"];

#[derive(Debug)]
pub struct Cells {
    module: Source,
    cells: Vec<Cell>,
    marks: Marks,
    /// What stands in the place of lines that are not Python: the name, and what it was.
    replaced: Vec<(String, String)>,
}

/// How the module writes what is ours: as no cell does, so that it is found again.
#[derive(Debug)]
struct Marks {
    /// How the names begin that stand in the place of lines.
    name: String,
    /// How the comments end that stand between cells.
    end: String,
}

impl Marks {
    fn unlike(codes: &[(u32, String)]) -> Marks {
        let is_taken = |mark: &str| codes.iter().any(|(_, code)| code.contains(mark));
        let mut marks = Marks { name: "__ipython_".to_string(), end: " of a notebook ends here".to_string() };
        while is_taken(&marks.name) {
            marks.name.push('_');
        }
        while is_taken(&marks.end) {
            marks.end.push('.');
        }
        marks
    }

    fn separator(&self, number: u32) -> String {
        format!("\n# %% cell {number}{}\n", self.end)
    }
}

#[derive(Debug)]
struct Cell {
    /// As people count the cells of the notebook.
    number: u32,
    code: Source,
    /// Its lines in the module, the last one exclusive; None when it is no part of it.
    lines: Option<(u32, u32)>,
    /// Its first line belongs to IPython and must stay the first.
    has_magic: bool,
}

impl Cells {
    /// Puts cells together; each comes with its number.
    pub fn new(codes: Vec<(u32, String)>) -> Cells {
        let mut module = String::new();
        let mut cells = Vec::new();
        let mut replaced = Vec::new();
        let marks = Marks::unlike(&codes);
        let mut line = 1;
        for (number, code) in codes {
            let has_magic = code.trim_start().starts_with("%%");
            let known = replaced.len();
            let python = is_python(&code).then(|| python(&code, &marks, &mut replaced));
            let python = python.filter(|python| Outline::read(python).lost.is_none());
            let lines = python.map(|python| {
                let first = line;
                module.push_str(&python);
                module.push_str(&marks.separator(number));
                line += Source::new("", python).lines().count();
                let last = line;
                line += 1;
                (first, last)
            });
            if lines.is_none() {
                replaced.truncate(known);
            }
            cells.push(Cell { number, code: Source::new("", code), lines, has_magic });
        }
        Cells { module: Source::new("", module), cells, marks, replaced }
    }

    /// The text of the module.
    pub fn module(&self) -> &str {
        &self.module.text
    }

    /// The code of each cell.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|cell| &*cell.code.text)
    }

    /// The code of a cell, and its number as people count them.
    pub fn cell(&self, index: usize) -> (&str, u32) {
        (&self.cells[index].code.text, self.cells[index].number)
    }

    /// Which cell a part of the module stands in, and where there. A part of several cells ends with the first of them.
    pub fn place(&self, span: Span) -> Option<(usize, Span)> {
        let lines = self.module.lines();
        let line = lines.line(span.start);
        let holds = |cell: &Cell| cell.lines.is_some_and(|(first, last)| first <= line && line < last);
        let index = self.cells.iter().position(holds)?;
        let cell = &self.cells[index];
        let (first, last) = cell.lines?;
        let within = |at: u32| {
            let line = lines.line(at);
            if line >= last {
                return cell.code.text.len() as u32;
            }
            let column = at - lines.start(line);
            let own = cell.code.lines().span(&cell.code.text, line - first + 1);
            // Beyond the end of the line stands its break.
            let length = self.module.line(line).len() as u32;
            own.start + if column > length { own.len() + column - length } else { column.min(own.len()) }
        };
        let (start, end) = (within(span.start), within(span.end));
        Some((index, Span::new(start, end.max(start))))
    }

    /// Where in the module a place of a cell stands; None when the cell is no part of it.
    pub fn offset(&self, index: usize, at: u32) -> Option<u32> {
        let cell = &self.cells[index];
        let line = cell.code.lines().line(at);
        let (column, first) = (at - cell.code.lines().start(line), cell.lines?.0);
        let line = self.module.lines().span(&self.module.text, first + line - 1);
        Some((line.start + column).min(line.end))
    }

    /// The code of each cell in a module that has changed. The error is the end of a sentence that begins with the file.
    pub fn split(&self, module: &str) -> Result<Vec<String>, String> {
        let mut rest = module;
        let mut codes = Vec::new();
        for cell in &self.cells {
            if cell.lines.is_none() {
                codes.push(cell.code.text.to_string());
                continue;
            }
            let lost = || format!("a fix reaches beyond cell {}, so it was not fixed", cell.number);
            let (code, after) = rest.split_once(&self.marks.separator(cell.number)).ok_or_else(lost)?;
            rest = after;
            codes.push(code.to_string());
        }
        for (name, line) in &self.replaced {
            let mut holding = codes.iter_mut().filter(|code| code.contains(name.as_str()));
            let (Some(code), None) = (holding.next(), holding.next()) else {
                return Err(format!("a fix touches `{}`, which belongs to IPython, so it was not fixed", line.trim()));
            };
            *code = code.replacen(name.as_str(), line, 1);
        }
        let displaced =
            self.cells.iter().zip(&codes).find(|(cell, code)| cell.has_magic && !code.trim_start().starts_with("%%"));
        match displaced {
            Some((cell, _)) => {
                Err(format!("a fix begins before the first line of cell {}, so it was not fixed", cell.number))
            }
            None => Ok(codes),
        }
    }
}

/// Whether a cell is Python, but for some of its lines.
fn is_python(code: &str) -> bool {
    match code.trim_start().strip_prefix("%%") {
        Some(magic) => {
            let name = magic.split(|c: char| !c.is_alphanumeric() && c != '_').next();
            name.is_some_and(|name| PYTHON.contains(&name))
        }
        None => true,
    }
}

/// The code with a name in the place of each line that is IPython's own.
fn python(code: &str, marks: &Marks, replaced: &mut Vec<(String, String)>) -> String {
    let mut out = String::with_capacity(code.len());
    // A line magic may go on in the next line.
    let mut goes_on = false;
    // Where a statement begins at the margin: what stands before it is not read again for each line.
    let mut margin = 0;
    for line in code.split_inclusive('\n') {
        let body = line.trim_end_matches(['\r', '\n']);
        let was_going_on = std::mem::replace(&mut goes_on, false);
        let start = if was_going_on { Some(0) } else { own_part(body).filter(|_| may_begin(&out[margin..])) };
        match start {
            Some(start) => {
                if start == 0 {
                    margin = out.len();
                }
                let name = format!("{}{}{}__", if was_going_on { "#" } else { "" }, marks.name, replaced.len());
                out.push_str(&body[..start]);
                out.push_str(&name);
                replaced.push((name, body[start..].to_string()));
                goes_on = body.ends_with('\\');
            }
            None => out.push_str(body),
        }
        out.push_str(&line[body.len()..]);
    }
    out
}

/// Where in a line begins what IPython takes for itself.
fn own_part(line: &str) -> Option<usize> {
    let text = line.trim_start();
    let indent = line.len() - text.len();
    let is_name = |c: char| c.is_alphanumeric() || "_.*".contains(c);
    let asked = text.trim_end().trim_end_matches('?');
    let is_question = text.trim_end() != asked && !asked.is_empty() && asked.chars().all(is_name);
    if text.starts_with(['%', '!', '?']) || is_question {
        return Some(indent);
    }
    // `files = !ls`, `a, b = %magic`
    let (names, value) = text.split_once('=')?;
    let is_target = names.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && names.chars().all(|c| c.is_alphanumeric() || "_., ".contains(c));
    let own = value.trim_start();
    (is_target && own.starts_with(['%', '!'])).then(|| line.len() - own.len())
}

/// Whether a statement may begin after this code: nothing is open, and the last line does not go on.
fn may_begin(code: &str) -> bool {
    use crate::syntax::LostReason::*;
    let goes_on = code.trim_end_matches(['\r', '\n']).ends_with('\\');
    let lost = Outline::read(code).lost.map(|lost| lost.why);
    !goes_on && !matches!(lost, Some(UnclosedBracket | UnterminatedString | UnterminatedTripleString))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(codes: &[&str]) -> Cells {
        Cells::new(codes.iter().zip(1..).map(|(code, number)| (number, code.to_string())).collect())
    }

    /// What of a cell is Python, with `@` for what is not; and it comes back as it was.
    fn check(code: &str, expected: &str) {
        let cells = cells(&[code]);
        let mut python = cells.module().strip_suffix(&cells.marks.separator(1)).unwrap_or_default().to_string();
        for (name, _) in &cells.replaced {
            python = python.replacen(name.trim_start_matches('#'), "@", 1);
        }
        assert_eq!(python, expected);
        assert_eq!(cells.split(cells.module()).unwrap(), [code]);
    }

    #[test]
    fn lines_of_ipython_are_replaced() {
        check("%matplotlib inline\nimport os\n", "@\nimport os\n");
        check("if a:\n    !ls -l \\\n  *.py\n    b", "if a:\n    @\n#@\n    b");
        check("files = !ls\na, b = %magic x\nfoo.bar??\n?foo", "files = @\na, b = @\n@\n@");
        check("%%time\r\nawait x\r\n", "@\r\nawait x\r\n");
    }

    #[test]
    fn python_that_looks_like_it_is_left() {
        check("x = (a\n  % b)\nprint('a=%s' % x)\n", "x = (a\n  % b)\nprint('a=%s' % x)\n");
        check("x = '''\n%time\n!ls\n'''\ny = a \\\n  % b\n", "x = '''\n%time\n!ls\n'''\ny = a \\\n  % b\n");
        check("# what?\nx != y\n", "# what?\nx != y\n");
    }

    #[test]
    fn what_reads_like_ours_is_the_cell_s_own() {
        let codes = ["__ipython_0__\n!ls", "!ls\n__ipython_1__\n", "x\n# %% cell 1 of a notebook ends here\ny"];
        let cells = cells(&codes);
        assert_eq!(cells.split(cells.module()).unwrap(), codes);
    }

    #[test]
    fn other_languages_and_unfinished_cells_are_left_out() {
        check("%%bash\nls (", "");
        check("  %%html\n<b>", "");
        check("f(\n!ls", "");
        check("%time x\ndef f():", "");
    }

    #[test]
    fn places_are_those_of_the_cell() {
        let codes = ["%time\nx = 1", "%%bash\nls", "", "é = !ls\r\nawait y\n"];
        let cells = cells(&codes);
        let of = |part: &str, index: usize| {
            let at = cells.module().find(part).unwrap() as u32;
            let (found, span) = cells.place(Span::new(at, at + part.len() as u32)).unwrap();
            assert_eq!((found, span.text(codes[index])), (index, part));
            assert_eq!(cells.offset(index, span.start), Some(at));
        };
        of("x = 1", 0);
        of("é =", 3);
        of("await y", 3);
        let end = cells.module().find("# %% cell 1").unwrap() as u32;
        assert_eq!(cells.place(Span::at(end)), None);
        // To the end of the cell and no further.
        let at = cells.module().find("x = 1").unwrap() as u32;
        assert_eq!(cells.place(Span::new(at, end + 3)), Some((0, Span::new(6, 11))));
    }

    #[test]
    fn what_a_fix_must_not_do_is_refused() {
        let cells = cells(&["%%time\nx", "!ls\ny"]);
        let refused = |from: &str, to: &str| cells.split(&cells.module().replacen(from, to, 1)).unwrap_err();
        assert_eq!(
            refused("__ipython_0__", "import a\n__ipython_0__"),
            "a fix begins before the first line of cell 1, so it was not fixed"
        );
        assert_eq!(refused("__ipython_1__", ""), "a fix touches `!ls`, which belongs to IPython, so it was not fixed");
        assert_eq!(refused("# %% cell 2", ""), "a fix reaches beyond cell 2, so it was not fixed");
    }
}
