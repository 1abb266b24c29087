//! From the text of a page to a `Page`, or to everything that is wrong with it.
//!
//! Strict on purpose: a block under the wrong heading would be a test that never runs.

use aiterlint::diagnostic::Safety;
use serde::de::DeserializeOwned;

use crate::expect;
use crate::markdown::{self, Block, Item, Problem};
use crate::page::{Case, Claim, MAIN, Meta, Module, Page, Part, Proof, Settings};

/// Reads a page; `name` is its file's name without `.md`.
pub fn read(name: &str, text: &str) -> Result<Page, Vec<Problem>> {
    let (items, problems) = markdown::read(text);
    let mut reader = Reader {
        name,
        problems,
        part: Part::Top,
        heading: String::new(),
        label: None,
        claim: None,
        case: None,
        meta: None,
        page: Parts::default(),
    };
    if text.contains('\r') || !text.ends_with('\n') {
        reader.say(1, "lines end with \\n, the last one too");
    }
    reader.top(&items);
    for item in items {
        reader.item(item);
    }
    reader.end()
}

#[derive(Default)]
struct Parts {
    cases: Vec<Case>,
    proofs: Vec<Proof>,
    terminal: Option<Block>,
    example_ends: usize,
    seen: Vec<Part>,
}

struct Reader<'a> {
    name: &'a str,
    problems: Vec<Problem>,
    part: Part,
    heading: String,
    label: Option<(String, usize)>,
    claim: Option<(Claim, usize)>,
    case: Option<Case>,
    meta: Option<(Meta, usize)>,
    page: Parts,
}

impl Reader<'_> {
    fn say(&mut self, line: usize, message: impl Into<String>) {
        self.problems.push(Problem::new(line, message));
    }

    /// The name, one sentence, the TOML block: the program reads them from there, too.
    fn top(&mut self, items: &[Item]) {
        let mut top = items.iter();
        match top.next() {
            Some(Item::Heading { level: 1, text, .. }) if text == self.name => {}
            _ => self.say(1, format!("a page starts with its rule's name: `# {}`", self.name)),
        }
        match top.next() {
            Some(Item::Prose { lines, line: 3 }) if lines.len() == 1 && lines[0].ends_with('.') => {}
            _ => self.say(3, "the third line says in one sentence what the mistake is"),
        }
        match top.next() {
            Some(Item::Block(block)) if block.language == "toml" => {}
            _ => self.say(5, "a ```toml block follows the first sentence"),
        }
    }

    fn item(&mut self, item: Item) {
        if let Some((file, line)) = &self.label
            && !matches!(item, Item::Block(_))
        {
            let message = format!("`{file}` is followed by its block");
            self.problems.push(Problem::new(*line, message));
            self.label = None;
        }
        match item {
            Item::Heading { level, text, line } => self.heading(level, text, line),
            Item::Block(block) => self.block(block),
            Item::Label { file, line } => self.label = Some((file, line)),
            Item::Prose { .. } => {}
        }
    }

    fn heading(&mut self, level: usize, text: String, line: usize) {
        self.leave_heading();
        match level {
            1 if line > 1 => self.say(line, "a page has one title"),
            2 => self.section(&text, line),
            3 if self.part == Part::Top => self.say(line, "a case stands in a section"),
            _ => {}
        }
        self.heading = text;
    }

    fn section(&mut self, text: &str, line: usize) {
        let part = match text {
            "Why" => Part::Why,
            "Example" => Part::Example,
            "Silent" => Part::Silent,
            "More cases" => Part::MoreCases,
            "Proof" => Part::Proof,
            _ => Part::Told,
        };
        let is_late = self.page.seen.iter().any(|&seen| seen > part);
        let is_twice = part != Part::Told && self.page.seen.contains(&part);
        if (is_late && part != Part::Told) || self.page.seen.contains(&Part::Proof) || is_twice {
            self.say(line, "sections come once and in order: Why, Example, Silent, others, More cases, Proof");
        } else if part == Part::Told && self.page.seen.contains(&Part::MoreCases) {
            self.say(line, "only Proof follows More cases, which no reader sees");
        }
        self.page.seen.push(part);
        self.part = part;
    }

    fn leave_heading(&mut self) {
        if let Some(case) = self.case.take() {
            self.page.cases.push(case);
        }
        if let Some((_, line)) = self.claim.take() {
            self.say(line, "a claim is followed by its ```run block");
        }
    }

    fn block(&mut self, block: Block) {
        let line = block.fence;
        let label = self.label.take();
        let is_code = matches!(block.language.as_str(), "py" | "fixed");
        if label.is_some() && !is_code {
            self.say(line, "only ```py and ```fixed blocks belong to a file");
        }
        let file = label.map_or(MAIN.to_string(), |(file, _)| file);
        match (block.language.as_str(), self.part) {
            ("toml", Part::Top) => self.meta(&block),
            ("toml", Part::Proof) => self.claim = self.toml(&block).map(|claim| (claim, line)),
            ("toml", _) => {
                if let Some(settings) = self.toml(&block) {
                    self.case().settings = settings;
                }
            }
            ("run", Part::Proof) => self.proof(block),
            ("py" | "fixed" | "good", Part::Top | Part::Proof) => {
                self.say(line, "code stands in a section above Proof; under Proof write ```run");
            }
            ("py", _) => self.python(&block, &file),
            ("fixed", _) => self.fixed(block, &file),
            ("good", _) => self.good(&block),
            ("text", Part::Example) if self.page.terminal.is_none() => self.page.terminal = Some(block),
            ("text", _) => self.say(line, "the one ```text block stands under Example"),
            ("run", _) => self.say(line, "a ```run block stands under Proof"),
            _ => self.say(line, "a block is one of ```py, ```fixed, ```good, ```text, ```run, ```toml"),
        }
    }

    fn case(&mut self) -> &mut Case {
        self.case.get_or_insert_with(|| Case {
            part: self.part,
            heading: self.heading.clone(),
            modules: Vec::new(),
            settings: Settings::default(),
            is_good: false,
        })
    }

    fn python(&mut self, block: &Block, file: &str) {
        if self.part == Part::Example {
            self.page.example_ends = block.end();
        }
        let case = self.case();
        let at = case.modules.iter().position(|module| module.file == file).unwrap_or_else(|| {
            case.modules.push(Module::new(file));
            case.modules.len() - 1
        });
        let mut module = std::mem::replace(&mut case.modules[at], Module::new(file));
        if module.fixed.is_some() {
            self.say(block.fence, "the ```fixed block follows all the code of its heading");
        }
        self.add(&mut module, block);
        self.case().modules[at] = module;
    }

    fn add(&mut self, module: &mut Module, block: &Block) {
        for (at, text) in block.lines.iter().enumerate() {
            let page_line = block.line(at + 1);
            module.lines.push(page_line);
            let (code, expected) = expect::cut(text, module.lines.len(), self.name).unwrap_or_else(|message| {
                self.say(page_line, message);
                (text, Vec::new())
            });
            module.text.push_str(code);
            module.text.push('\n');
            module.expected.extend(expected);
        }
    }

    fn fixed(&mut self, block: Block, file: &str) {
        let line = block.fence;
        let modules = &mut self.case().modules;
        match modules.iter_mut().find(|module| module.file == file) {
            Some(module) if module.fixed.is_none() => module.fixed = Some(block),
            Some(_) => self.say(line, format!("`{file}` has its ```fixed block already")),
            None => self.say(line, "a ```fixed block follows the code that is fixed"),
        }
    }

    fn good(&mut self, block: &Block) {
        let mut module = Module::new(MAIN);
        self.add(&mut module, block);
        if !module.expected.is_empty() {
            self.say(block.fence, "a ```good block is code in which nothing is found");
        }
        let (part, heading) = (self.part, self.heading.clone());
        let settings = self.case.as_ref().map(|case| case.settings.clone()).unwrap_or_default();
        self.page.cases.push(Case { part, heading, modules: vec![module], settings, is_good: true });
    }

    fn meta(&mut self, block: &Block) {
        if self.meta.is_some() {
            return self.say(block.fence, "the page's settings stand in one ```toml block");
        }
        let Some(meta) = self.toml::<Meta>(block) else { return };
        let line = block.fence;
        let is_version =
            |text: &str| text.split('.').count() == 3 && text.split('.').all(|part| part.parse::<u32>().is_ok());
        if !is_version(&meta.since) {
            self.say(line, "`since` is a version: \"0.1.0\"");
        }
        match &meta.docs {
            Some(url) if !url.starts_with("https://") => self.say(line, "`docs` is an address: \"https://…\""),
            None if meta.group != "tool" => {
                self.say(line, "`docs` is missing: the Python documentation that settles the matter");
            }
            _ => {}
        }
        self.meta = Some((meta, line));
    }

    fn proof(&mut self, run: Block) {
        let line = run.fence;
        let own = self.heading == "Proof";
        let claim = match (self.claim.take(), &self.meta) {
            (Some((claim, _)), _) if !own => claim,
            (Some(_), _) => return self.say(line, "what Proof itself shows stands in the page's first ```toml block"),
            (None, Some((meta, _))) if own => meta.claim(),
            (None, _) if own => return,
            (None, _) => return self.say(line, "a ```toml block before it says what this run shows"),
        };
        if claim.python.is_some() == claim.prints.is_some() {
            return self.say(line, "a run shows one thing: `python = \"…\"` or `prints = \"…\"`");
        }
        let name = (!own).then(|| self.heading.clone());
        if self.page.proofs.iter().any(|proof| proof.name == name) {
            return self.say(line, "one ```run block a heading");
        }
        let proof = Proof { name, claim, run };
        if proof.claim.fixed_prints.is_some() && proof.is_alone() {
            self.say(line, "`fixed-prints` needs a run that follows the example");
        }
        self.page.proofs.push(proof);
    }

    fn toml<T: DeserializeOwned>(&mut self, block: &Block) -> Option<T> {
        let text = block.text();
        toml::from_str(&text).map_err(|error| self.say_toml(block, &text, error)).ok()
    }

    fn say_toml(&mut self, block: &Block, text: &str, error: toml::de::Error) {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text[..offset].matches('\n').count() + 1;
        self.say(block.line(line), error.message().replace('\n', ", "));
    }

    /// What only the whole page can show.
    fn end(mut self) -> Result<Page, Vec<Problem>> {
        self.leave_heading();
        let last = |part: Part, cases: &[Case]| cases.iter().filter(|case| case.part == part && !case.is_good).count();
        for (part, name) in [(Part::Example, "Example"), (Part::Silent, "Silent"), (Part::MoreCases, "More cases")] {
            if last(part, &self.page.cases) == 0 {
                self.say(1, format!("`## {name}` with a ```py block is missing"));
            }
        }
        if !self.page.seen.contains(&Part::Why) {
            self.say(1, "`## Why` is missing");
        }
        self.check_cases();
        if let Some((meta, line)) = self.meta.take() {
            self.check_meta(&meta, line);
            if self.problems.is_empty() {
                let Parts { cases, proofs, terminal, example_ends, .. } = self.page;
                return Ok(Page { name: self.name.into(), meta, cases, proofs, terminal, example_ends });
            }
        }
        self.problems.sort_by_key(|problem| problem.line);
        Err(self.problems)
    }

    fn check_cases(&mut self) {
        let mut said = Vec::new();
        let mut silent = 0;
        let mut more_cases = 1;
        for case in &self.page.cases {
            let Some(module) = case.modules.first() else {
                said.push(Problem::new(1, format!("the heading \"{}\" has settings and no code", case.heading)));
                continue;
            };
            let line = module.page_line(1);
            match case.part {
                Part::Example if !case.is_good => {
                    let speaks = |module: &Module| module.expected.iter().any(|expected| expected.rule == self.name);
                    if !case.modules.iter().any(speaks) {
                        said.push(Problem::new(line, "the example shows the mistake, with `# error` on its line"));
                    }
                }
                Part::Silent if !case.is_silent() => {
                    said.push(Problem::new(line, "nothing is found under Silent; mistakes stand under More cases"));
                }
                Part::MoreCases => {
                    more_cases = line;
                    silent += usize::from(case.is_silent() && !case.is_good);
                }
                _ => {}
            }
        }
        if silent < 5 {
            let message =
                format!("More cases holds {silent} modules in which nothing is found; at least 5 belong there");
            said.push(Problem::new(more_cases, message));
        }
        self.problems.extend(said);
    }

    fn check_meta(&mut self, meta: &Meta, line: usize) {
        let claims = meta.python.is_some() || meta.prints.is_some();
        if claims && !self.page.proofs.iter().any(|proof| proof.name.is_none()) {
            self.say(line, "the page says what Python does: a ```run block under `## Proof` shows it");
        }
        let example = self.page.cases.iter().find(|case| case.part == Part::Example && !case.is_good);
        let is_fixed = example.is_some_and(|case| case.modules.iter().any(|module| module.fixed.is_some()));
        let is_applied = matches!(meta.fix, Some(Safety::Safe | Safety::Unsafe));
        if is_applied && !is_fixed {
            self.say(line, "the fix is applied: a ```fixed block under Example shows the outcome");
        }
        if !is_applied && is_fixed {
            self.say(
                line,
                "nothing is applied when fix is \"shown\" or \"none\": show what to write in a ```good block",
            );
        }
        if !is_applied && !self.page.cases.iter().any(|case| case.is_good) {
            self.say(line, "a ```good block shows what to write instead");
        }
        if !is_fixed && self.page.proofs.iter().any(|proof| proof.claim.fixed_prints.is_some()) {
            self.say(line, "`fixed-prints` needs a ```fixed block under Example");
        }
    }
}
