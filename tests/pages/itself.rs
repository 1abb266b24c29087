//! The harness proves itself: a page and a linter that are right, and then each wrong in one way. Every one of them
//! must fail, and say where and why. A test that cannot fail shows nothing.

use aiterlint::config::Config;
use aiterlint::diagnostic::{Diagnostic, Edit, Fix, Safety, Severity};
use aiterlint::text::{Source, Span};
use libtest_mimic::Trial;

use crate::linter::Linter;
use crate::outcome::{Outcome, Stop, for_libtest};
use crate::page::Page;
use crate::{expect, findings, fixes, logic, program, proofs, python, reader, terminal};

pub fn trials() -> Vec<Trial> {
    let tests: [(&str, fn()); 23] = [
        ("a right page passes", a_right_page_passes),
        ("a block has the lines of its page", a_block_has_the_lines_of_its_page),
        ("what a page may not say", what_a_page_may_not_say),
        ("what a page must have", what_a_page_must_have),
        ("expectations are read whole or not at all", expectations_are_read_whole_or_not_at_all),
        ("a wrong expectation fails", a_wrong_expectation_fails),
        ("a finding in good code fails", a_finding_in_good_code_fails),
        ("other files are part of the case", other_files_are_part_of_the_case),
        ("a broken promise fails", a_broken_promise_fails),
        ("a wrong fix fails", a_wrong_fix_fails),
        ("what the terminal shows is compared and written", what_the_terminal_shows_is_compared_and_written),
        ("a block that is not Python fails", a_block_that_is_not_python_fails),
        ("a claim that Python contradicts fails", a_claim_that_python_contradicts_fails),
        ("a proof about another Python is skipped", a_proof_about_another_python_is_skipped),
        ("the page in docs/writing-a-rule.md holds", the_page_in_the_documentation_holds),
        ("a run that hangs is stopped", python::itself::a_run_that_hangs_is_stopped),
        ("a missing python is a failure on CI alone", python::itself::a_missing_python_is_a_failure_on_ci_alone),
        ("a program that finds something else fails", program::itself::a_program_that_finds_something_else_fails),
        ("the list is written from nothing and back", logic::itself::the_list_is_written_from_nothing_and_back),
        ("a complete list stays as it is", logic::itself::a_complete_list_stays_as_it_is),
        (
            "a list that two branches wrote is put in order",
            logic::itself::a_list_that_two_branches_wrote_is_put_in_order,
        ),
        ("a list without its array is not touched", logic::itself::a_list_without_its_array_is_not_touched),
        ("a page without logic is told what to write", logic::itself::a_page_without_logic_is_told_what_to_write),
    ];
    let trial = |(name, test): (&str, fn())| {
        Trial::test(format!("harness::{name}"), move || {
            test();
            Ok(())
        })
    };
    let mut trials: Vec<Trial> = tests.into_iter().map(trial).collect();
    trials.push(Trial::ignorable_test("harness::python3 is there", || {
        let missing = || Stop::Skipped("there is no `python3`: nothing that pages say about Python is proven".into());
        for_libtest(
            python::Python::of_this_machine().map_err(Stop::Failed).and_then(|it| it.map(|_| ()).ok_or_else(missing)),
        )
    }));
    trials
}

const PAGE: &str = r##"# no-bad

The word is bad.

```toml
severity = "warning"
fix = "safe"
since = "0.1.0"
group = "use"
docs = "https://docs.python.org/3/"
prints = "bad"
fixed-prints = "good"
```

## Why
Because it is bad.

## Example

```py
word = "bad"  # error: "is bad"
```

```text
example.py: this word is bad
```

```fixed
word = "good"
```

## Silent

```py
word = "fine"
```

## What to write

```good
word = "better"
```

## More cases

### In two blocks
```py
first = 1
```
And the second:

```py
words = ["bad", "bad"]  # error # error: "this word"
```

### Two files
`pkg/feed.py`:
```py
word = "bad"  # error: [no-bad]
```
```py
import pkg.feed
```

### s1
```py
pass
```
### s2
```py
pass
```
### s3
```py
pass
```
### s4
```py
pass
```
### s5
```toml
target-version = "3.9"
```
```py
pass  # errors of another kind
```

## Proof

```run
print(word)
```

### It stands alone
```toml
python = "KeyError: 'bad'"
```
```run
# alone
raise KeyError("bad")
```
"##;

/// Finds each `"bad"` and writes another word in its place.
struct Fake {
    becomes: &'static str,
    severity: Severity,
    safety: Safety,
    /// What it finds besides, under another name.
    odd: &'static str,
}

const FAKE: Fake = Fake { becomes: "\"good\"", severity: Severity::Warning, safety: Safety::Safe, odd: "\"odd\"" };

impl Linter for Fake {
    fn check(&self, file: &Source, _case: &[Source], _config: &Config) -> Vec<Diagnostic> {
        let finding = |rule: &'static str, (at, word): (usize, &str)| {
            let span = Span::new(at as u32, (at + word.len()) as u32);
            let edits = vec![Edit::replace(span, self.becomes)];
            Diagnostic {
                rule,
                severity: self.severity,
                span,
                message: "this word is bad".into(),
                notes: Vec::new(),
                help: None,
                fix: Some(Fix { title: "take another word".into(), safety: self.safety, edits }),
            }
        };
        let bad = file.text.match_indices("\"bad\"").map(|found| finding("no-bad", found));
        bad.chain(file.text.match_indices(self.odd).map(|found| finding("no-odd", found))).collect()
    }

    fn fix(&self, file: &Source, _case: &[Source], _config: &Config) -> String {
        file.text.replace("\"bad\"", self.becomes)
    }

    fn render(&self, file: &Source, found: &[Diagnostic]) -> String {
        found.iter().map(|one| format!("{}: {}   \n", file.path, one.message)).collect()
    }
}

/// The page with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert!(PAGE.contains(from), "the page does not hold {from:?}");
    PAGE.replacen(from, to, 1)
}

fn read(text: &str) -> Page {
    reader::read("no-bad", text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The line from 1 of the nth place where a text holds something.
fn line_of(text: &str, what: &str, nth: usize) -> usize {
    let (at, _) = text.match_indices(what).nth(nth).expect("it is there");
    text[..at].matches('\n').count() + 1
}

fn fails(outcome: Outcome, says: &str) {
    match outcome {
        Err(Stop::Failed(message)) => assert!(message.contains(says), "{message}\ndoes not say: {says}"),
        other => panic!("this should fail and say {says:?}: {other:?}"),
    }
}

fn passes(outcome: Outcome) {
    // Without a python3 there is nothing to ask, and its own trial says so.
    assert!(matches!(outcome, Ok(()) | Err(Stop::Skipped(_))), "{outcome:?}");
}

fn has_python() -> bool {
    python::Python::of_this_machine().is_ok_and(|python| python.is_some())
}

fn a_right_page_passes() {
    let page = read(PAGE);
    passes(findings::expected(&page, &FAKE));
    passes(findings::good(&page, &FAKE));
    passes(findings::as_promised(&page, &FAKE));
    passes(fixes::fixed(&page, &FAKE));
    passes(terminal::shown(&page, &FAKE));
    passes(proofs::blocks_are_python(&page));
    assert_eq!(page.proofs.len(), 2);
    page.proofs.iter().for_each(|proof| passes(proofs::holds(&page, proof)));
}

fn a_block_has_the_lines_of_its_page() {
    let page = read(PAGE);
    let case = page.cases.iter().find(|case| case.heading == "In two blocks").expect("it is there");
    let module = &case.modules[0];
    assert_eq!(module.text, "first = 1\nwords = [\"bad\", \"bad\"]\n");
    assert_eq!(module.page_line(1), line_of(PAGE, "first = 1", 0));
    assert_eq!(module.page_line(2), line_of(PAGE, "words = [", 0));
}

fn what_a_page_may_not_say() {
    let check = |from: &str, to: &str, says: &str| {
        let text = changed(from, to);
        let problems = reader::read("no-bad", &text).err().unwrap_or_default();
        let line = line_of(PAGE, from, 0);
        let said = problems.iter().any(|problem| problem.line == line && problem.message.contains(says));
        assert!(said, "{to:?} should say {says:?} at line {line}: {problems:#?}");
    };
    check("# no-bad", "# other", "starts with its rule's name");
    check("The word is bad.", "The word\nis bad.", "in one sentence");
    check("severity = \"warning\"", "severity = \"loud\"", "expected error, warning, info or off");
    check("since = \"0.1.0\"", "sinse = \"0.1.0\"", "unknown field `sinse`, expected one of");
    check("group = \"use\"", "group = \"other\"", "expected one of class");
    check("fix = \"safe\"", "fix = yes", "must be quoted");
    check("target-version = \"3.9\"", "target = \"3.9\"", "unknown field");
    check("## Proof", "## Silent", "sections come once and in order");
    check("## Silent", "## Example", "sections come once and in order");
    check("### In two blocks", "#### In two blocks", "a heading is");
    check("```py\nword = \"fine\"", "```python\nword = \"fine\"", "a block is one of");
    check("```good", "```run", "a ```run block stands under Proof");
    check("```run", "```py", "code stands in a section above Proof");
    check("```good", "```text", "the one ```text block stands under Example");
    check("# error: \"is bad\"", "# error \"is bad\"", "cannot read");
    check("`pkg/feed.py`:\n", "`pkg/feed.py`:\n\nProse.\n", "is followed by its block");
}

fn what_a_page_must_have() {
    let check = |from: &str, to: &str, says: &str| {
        let problems = reader::read("no-bad", &changed(from, to)).err().unwrap_or_default();
        assert!(problems.iter().any(|problem| problem.message.contains(says)), "{to:?}: {problems:#?}");
    };
    check("## Why", "## Whither", "`## Why` is missing");
    check("## Silent", "## Loud", "`## Silent` with a ```py block is missing");
    check("## More cases", "## Cases", "`## More cases` with a ```py block is missing");
    check("docs = \"https://docs.python.org/3/\"\n", "", "`docs` is missing");
    check("since = \"0.1.0\"\n", "", "missing field `since`");
    check("since = \"0.1.0\"\n", "since = \"next\"\n", "`since` is a version");
    check("word = \"bad\"  # error: \"is bad\"", "word = \"bad\"", "the example shows the mistake");
    check("word = \"fine\"", "word = \"bad\"  # error", "nothing is found under Silent");
    check("word = \"better\"", "word = \"bad\"  # error", "code in which nothing is found");
    check("### s1\n```py\npass\n```\n", "", "at least 5 belong there");
    check("```fixed\nword = \"good\"\n```\n", "", "a ```fixed block under Example");
    check("fix = \"safe\"", "fix = \"shown\"", "nothing is applied");
    check("```run\nprint(word)\n```\n", "", "a ```run block under `## Proof` shows it");
    check("python = \"KeyError: 'bad'\"\n", "", "a run shows one thing");
    check("prints = \"bad\"\n", "prints = \"bad\"\npython = \"E\"\n", "a run shows one thing");
    check("word = \"good\"\n", "word = \"good\"\n```\n```fixed\n", "has its ```fixed block already");
    check("print(word)\n```", "print(word)", "is not closed");
}

fn expectations_are_read_whole_or_not_at_all() {
    let check = |line: &str, code: &str, expected: &[(&str, Option<&str>)]| {
        let (found_code, found) = expect::cut(line, 1, "own").expect(line);
        let found: Vec<_> = found.iter().map(|one| (one.rule.as_str(), one.text.as_deref())).collect();
        assert_eq!((found_code, found.as_slice()), (code, expected));
    };
    check("x = 1", "x = 1", &[]);
    check("x  # errors, # error-free", "x  # errors, # error-free", &[]);
    check("x  # error", "x", &[("own", None)]);
    check("x  # why # error: \"a `b`\"", "x  # why", &[("own", Some("a `b`"))]);
    check("x # error: [o] \"a\"", "x", &[("o", Some("a"))]);
    check("x # error # error: [o]", "x", &[("own", None), ("o", None)]);
    for wrong in
        ["# error here", "# error:", "# error: a", "# error: [o", "# error: \"a", "# error: []", "# error: [o] a"]
    {
        assert!(expect::cut(wrong, 1, "own").is_err(), "{wrong}");
    }
}

fn a_wrong_expectation_fails() {
    let check = |from: &str, to: &str, says: &str| {
        let text = changed(from, to);
        let line = line_of(&text, to, 0);
        fails(findings::expected(&read(&text), &FAKE), &format!("rules/no-bad.md:{line}: {says}"));
    };
    check(
        "words = [\"bad\", \"bad\"]  # error #",
        "words = [\"bad\", \"bad\"]  #",
        "nothing is expected here and `no-bad` says",
    );
    check("first = 1", "first = 1  # error", "`no-bad` is expected here and says nothing");
    check("# error # error: \"this word\"", "# error # error # error", "`no-bad` is expected here and says nothing");
    check("\"this word\"", "\"that word\"", "`no-bad` says \"this word is bad\", which does not hold \"that word\"");
    check("[no-bad]", "[no-odd]", "`no-odd` is expected here and says nothing");
    check("word = \"fine\"", "word = \"odd\"", "nothing is expected here and `no-odd` says");
}

fn a_finding_in_good_code_fails() {
    fails(findings::good(&read(&changed("better", "odd")), &FAKE), "nothing is expected here and `no-odd` says");
}

fn other_files_are_part_of_the_case() {
    let text = changed("word = \"bad\"  # error: [no-bad]", "word = \"bad\"");
    let line = line_of(&text, "word = \"bad\"", 1);
    fails(findings::expected(&read(&text), &FAKE), &format!("rules/no-bad.md:{line}: nothing is expected"));
}

fn a_broken_promise_fails() {
    let page = read(PAGE);
    fails(findings::as_promised(&page, &Fake { severity: Severity::Error, ..FAKE }), "is of level error");
    fails(findings::as_promised(&page, &Fake { safety: Safety::Unsafe, ..FAKE }), "no finding in the example");
    let page = read(&changed("fix = \"safe\"", "fix = \"unsafe\""));
    fails(findings::as_promised(&page, &FAKE), "the fix is safe, the page says unsafe");
}

fn a_wrong_fix_fails() {
    let page = read(PAGE);
    let becomes = |becomes: &'static str| Fake { becomes, ..FAKE };
    let line = line_of(PAGE, "word = \"good\"", 0);
    let parted = format!("rules/no-bad.md:{line}: the page says `word = \"good\"` and it is `word = \"other\"`");
    fails(fixes::fixed(&page, &becomes("\"other\"")), &parted);
    fails(fixes::fixed(&page, &becomes("(\"bad\")")), "after fixing, `no-bad` still says");
    fails(fixes::fixed(&page, &becomes("(\"bad\")")), "fixing what is fixed changes it once more");
    if has_python() {
        fails(fixes::fixed(&page, &becomes("(")), "after fixing, Python says \"'(' was never closed\"");
    }
    fails(fixes::fixed(&read(&changed("word = \"good\"\n", "")), &FAKE), "the page says the end");
}

fn what_the_terminal_shows_is_compared_and_written() {
    let text = changed("example.py: this word is bad", "example.py: old");
    let line = line_of(&text, "example.py: old", 0);
    fails(terminal::shown(&read(&text), &FAKE), &format!("rules/no-bad.md:{line}: the page says `example.py: old`"));
    assert_eq!(terminal::blessed(&read(&text), &text, &FAKE).as_deref(), Some(PAGE));
    let text = changed("```text\nexample.py: this word is bad\n```\n\n", "");
    fails(terminal::shown(&read(&text), &FAKE), "`BLESS=1 cargo test` writes it");
    assert_eq!(terminal::blessed(&read(&text), &text, &FAKE).as_deref(), Some(PAGE));
    assert_eq!(terminal::blessed(&read(PAGE), PAGE, &FAKE), None);
}

fn a_block_that_is_not_python_fails() {
    if !has_python() {
        return;
    }
    let text = changed("first = 1", "first = (");
    let line = line_of(&text, "first = (", 0);
    fails(proofs::blocks_are_python(&read(&text)), &format!("rules/no-bad.md:{line}: this is not Python"));
    let text = changed("first = 1", "first = 1  # error: [syntax-error]");
    fails(proofs::blocks_are_python(&read(&text)), "Python accepts this module");
    // Not in this grammar: code for a Python that is not out yet.
    passes(proofs::blocks_are_python(&read(&changed("3.9\"\n```\n```py\npass", "3.99\"\n```\n```py\nthis is new"))));
}

fn a_claim_that_python_contradicts_fails() {
    if !has_python() {
        return;
    }
    let check = |from: &str, to: &str, which: usize, says: &str| {
        let page = read(&changed(from, to));
        fails(proofs::holds(&page, &page.proofs[which]), says);
    };
    check("prints = \"bad\"", "prints = \"evil\"", 0, "contradicts the page's `prints`");
    check("prints = \"bad\"", "prints = \"evil\"", 0, "it should print `evil` and prints `bad`");
    check("print(word)", "print(word, 1 / 0)", 0, "it should print `bad` and fails");
    check("fixed-prints = \"good\"", "fixed-prints = \"fine\"", 0, "it should print `fine` and prints `good`");
    check(
        "KeyError: 'bad'",
        "KeyError: 'evil'",
        1,
        "it should end with `KeyError: 'evil'` and ends with `KeyError: 'bad'`",
    );
    check("KeyError: 'bad'", "KeyError: 'evil'", 1, "contradicts the page's `python`");
    check("raise KeyError", "KeyError", 1, "nothing is raised");
}

fn a_proof_about_another_python_is_skipped() {
    if has_python() {
        let page = read(&changed("prints = \"bad\"\n", "prints = \"evil\"\nproof-python = \"<3\"\n"));
        let outcome = proofs::holds(&page, &page.proofs[0]);
        assert!(matches!(outcome, Err(Stop::Skipped(_))), "{outcome:?}");
    }
}

/// Whoever writes a rule begins with that page.
fn the_page_in_the_documentation_holds() {
    let text = include_str!("../../docs/writing-a-rule.md");
    let (_, rest) = text.split_once("````markdown\n").expect("it shows a page");
    let (text, _) = rest.split_once("````\n").expect("the page ends");
    let page = reader::read("aiter-is-coroutine", text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    passes(proofs::blocks_are_python(&page));
    assert!(!page.proofs.is_empty());
    page.proofs.iter().for_each(|proof| passes(proofs::holds(&page, proof)));
}
