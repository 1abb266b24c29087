//! Whatever stands in a notebook, it is read or refused; its cells become a module and come back as they were; and every
//! place in the module is a place in a cell, and one in the file.

use aiterlint::check::check;
use aiterlint::fix::fix;
use aiterlint::notebook::Notebook;
use aiterlint::project::Project;
use aiterlint::text::Source;
use serde_json::{Value, json};

use super::every_rule;
use super::mutations::{self, Dice};

/// What makes cells of a text that is no notebook.
const BETWEEN: &str = "\n# %%\n";

/// Lines that IPython takes for itself, and what keeps cells apart.
const PIECES: [&str; 12] = [
    BETWEEN,
    "\n%%bash\n",
    "%%time\n",
    "\n%time ",
    "\n!ls \\\n",
    "\nx = !ls\n",
    "\nx?\n",
    "\n??x",
    "\n    %x\n",
    "__ipython_0__",
    "# %% cell 1 of a notebook ends here",
    "\n",
];

pub fn mutated(input: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut text = super::text(input).into_owned();
    if dice.below(2) == 0 {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (place, piece) = (*dice.pick(&places), *dice.pick(&PIECES));
        text.insert_str(place, piece);
    }
    mutations::mutated(&text, dice).into_bytes()
}

pub fn holds(input: &[u8]) {
    let text = super::text(input);
    if text.trim_start().starts_with('{') {
        return reads(&text);
    }
    // As one text, and as a list of lines.
    for is_list in [false, true] {
        let source = |code: &str| match is_list {
            true => json!(code.split_inclusive('\n').collect::<Vec<_>>()),
            false => json!(code),
        };
        let cell = |code: &str| json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source(code)});
        let cells: Vec<Value> = text.split(BETWEEN).map(cell).collect();
        let file = json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
        assert!(Notebook::read(&file.to_string()).is_ok());
        reads(&file.to_string());
    }
}

fn reads(text: &str) {
    let Ok(notebook) = Notebook::read(text) else { return };
    let cells = notebook.cells();
    assert_eq!(notebook.with_module(cells.module()).as_deref(), Ok(text), "cells come back as they were");
    let source = Source::new("fuzzed.ipynb", cells.module());
    let (project, every) = (Project::alone(), every_rule());
    for found in check(&source, &project, &every).diagnostics {
        let Some((index, span)) = cells.place(found.span) else { continue };
        let (code, _) = cells.cell(index);
        assert!(code.get(span.range()).is_some(), "{found:?} at {span:?} of {code:?}");
        assert!(text.get(notebook.in_file(index, span).range()).is_some(), "{found:?} in the file");
        assert!(cells.offset(index, span.start).is_some(), "{found:?} comes from the module");
    }
    let fixed = fix(&source, &project, &every, true);
    if let Ok(new) = notebook.with_module(&fixed.source.text) {
        let again = Notebook::read(&new).expect("a notebook that was fixed is one");
        assert_eq!(again.cells().codes().count(), cells.codes().count());
    }
}
