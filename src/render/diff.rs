//! What a fix would change, as `patch` reads it.

use std::fmt::Write;

use similar::TextDiff;

use super::Palette;

/// The unified diff of one file; empty when nothing differs.
pub fn unified_diff(path: &str, old: &str, new: &str, palette: &Palette) -> String {
    let diff = TextDiff::from_lines(old, new);
    let plain = diff.unified_diff().context_radius(3).header(path, path).to_string();
    if *palette == Palette::default() {
        return plain;
    }
    let mut out = String::with_capacity(plain.len() * 2);
    for line in plain.split_inclusive('\n') {
        let style = match line.as_bytes() {
            [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => palette.strong,
            [b'@', ..] => palette.quiet,
            [b'+', ..] => palette.added,
            [b'-', ..] => palette.removed,
            _ => anstyle::Style::new(),
        };
        // The style ends with the line's text: its break stays as it is.
        let text = line.trim_end_matches(['\r', '\n']);
        // Writing to a String cannot fail.
        let _ = write!(out, "{style}{text}{style:#}{}", &line[text.len()..]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_names_the_file_twice() {
        let diff = unified_diff("src/a.py", "a\nb\n", "a\nc", &Palette::default());
        let expected = "--- src/a.py\n+++ src/a.py\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n";
        assert_eq!(diff, expected);
        assert_eq!(unified_diff("a.py", "a\n", "a\n", &Palette::coloured()), "");
    }
}
