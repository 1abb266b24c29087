//! Which names a line binds.

use super::last_word;

/// How long a logical line may be, when brackets in strings make it seem endless.
const LONGEST: usize = 4000;

/// The line up to the first line break behind the place that stands in no brackets.
pub fn logical_line(text: &str, place: usize) -> &str {
    let mut depth = 0i32;
    for (at, c) in text.bytes().enumerate().take(LONGEST) {
        match c {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b'\n' | b'\r' if depth <= 0 && at > place => return &text[..at],
            _ => {}
        }
    }
    let end = (LONGEST.min(text.len())..text.len()).find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(text.len())]
}

/// The names that a line may bind: before a `=`, behind `for` and `as`, and of a definition.
pub fn bound(line: &str) -> Vec<&str> {
    let bytes = line.as_bytes();
    let mut names: Vec<&str> = Vec::new();
    let mut depth = 0i32;
    let mut first_colon = None;
    for (at, c) in bytes.iter().enumerate() {
        match c {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b':' if bytes.get(at + 1) == Some(&b'=') => names.extend(last_word(line[..at].trim_end())),
            b':' if depth <= 0 && first_colon.is_none() => first_colon = Some(at),
            b'=' if depth <= 0 => {
                let is_comparison = bytes.get(at + 1) == Some(&b'=')
                    || at
                        .checked_sub(1)
                        .is_some_and(|before| matches!(bytes[before], b'=' | b'!' | b'<' | b'>' | b':'));
                if !is_comparison {
                    names.extend(words(&line[..at]));
                }
            }
            _ => {}
        }
    }
    // `rows: Rows` declares.
    let declares = first_colon.filter(|&colon| !line[..colon].trim_start().contains(' '));
    names.extend(declares.into_iter().flat_map(|colon| words(&line[..colon])));
    for (word, end) in [("for", " in "), ("as", ":")] {
        for (at, _) in line.match_indices(word) {
            let rest = &line[at + word.len()..];
            let stands_alone = rest.starts_with([' ', '(', '\n']) && !line[..at].ends_with(is_letter);
            if stands_alone {
                let target = rest.split(end).next().unwrap_or_default();
                names.extend(words(target).take(8));
            }
        }
    }
    names
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_letter(c)).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[&str]) {
        let mut found = bound(line);
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn lines_bind() {
        check("a, self.b = rows()", &["a", "b", "self"]);
        check("a = b = rows(key=1)", &["a", "b"]);
        check("if a == rows():", &[]);
        check("it: Rows = rows()", &["Rows", "it"]);
        check("print(x := rows())", &["x"]);
        check("for a, b in rows():", &["a", "b"]);
        check("return [x for x in rows() if x]", &["x"]);
        check("async with opened() as rows:", &["rows"]);
    }
}
