//! The comments that say what is found: `# error`, `# error: "part of the message"`, `# error: [rule] "part"`.
//!
//! They are cut off, with the spaces in front of them, before anything reads the code. So no comment can sway a fix
//! that minds comments, lines keep their numbers, and what a fix or the terminal shows is the code as one would write it.

/// That a rule speaks on a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// In the module, from 1.
    pub line: usize,
    pub rule: String,
    /// Part of the message, where the page says so.
    pub text: Option<String>,
}

/// A line of a module: its code, and what is expected there. `own` is the rule that a bare `# error` means.
pub fn cut<'a>(text: &'a str, line: usize, own: &str) -> Result<(&'a str, Vec<Expectation>), String> {
    let Some(start) = start_of_comments(text) else { return Ok((text, Vec::new())) };
    let mut rest = &text[start..];
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (expectation, after) = one(rest, line, own).ok_or_else(|| {
            format!(
                "cannot read `{rest}`: write `# error`, `# error: \"part of the message\"` \
                 or `# error: [rule] \"part\"`"
            )
        })?;
        found.push(expectation);
        rest = after.trim_start();
    }
    Ok((text[..start].trim_end(), found))
}

/// `# errors` and `# error-free` are ordinary comments.
fn start_of_comments(line: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    line.match_indices("# error").map(|(at, word)| (at, at + word.len())).find_map(|(at, end)| {
        let is_comment = !line[end..].starts_with(is_word);
        is_comment.then_some(at)
    })
}

fn one<'a>(comment: &'a str, line: usize, own: &str) -> Option<(Expectation, &'a str)> {
    let rest = comment.strip_prefix("# error")?;
    let Some(rest) = rest.strip_prefix(':') else {
        return is_end(rest).then(|| (Expectation { line, rule: own.into(), text: None }, rest));
    };
    let (rule, rest) = match rest.trim_start().strip_prefix('[') {
        Some(inside) => inside.split_once(']').map(|(rule, rest)| (Some(rule.trim()), rest))?,
        None => (None, rest),
    };
    let (text, rest) = match rest.trim_start().strip_prefix('"') {
        Some(inside) => inside.split_once('"').map(|(text, rest)| (Some(text), rest))?,
        None => (None, rest),
    };
    let is_empty = rule.or(text).is_none_or(str::is_empty);
    let expectation = Expectation { line, rule: rule.unwrap_or(own).into(), text: text.map(str::to_string) };
    (!is_empty && is_end(rest)).then_some((expectation, rest))
}

/// After one expectation the line ends, or the next one begins.
fn is_end(rest: &str) -> bool {
    rest.trim().is_empty() || (rest.starts_with(' ') && rest.trim_start().starts_with("# error"))
}
