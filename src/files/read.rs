//! Bytes to text and back, as Python reads source (PEP 263).
//!
//! A file is UTF-8, with or without a byte order mark, unless one of its first two lines is a comment that names
//! another encoding. What has been read can be written back byte for byte: the mark stays part of the text, and
//! the encoding is remembered.

use std::borrow::Cow;

/// A file's text, and how it stood in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    pub text: String,
    pub encoding: Encoding,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    /// Each byte is the character of that number. What browsers call Latin-1 is something else.
    Latin1,
    Other(&'static encoding_rs::Encoding),
}

/// Why bytes could not be read as Python source, as the end of a sentence that begins with the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unread(pub String);

/// Places in a text are numbers of 32 bits.
pub fn check_size(bytes: u64) -> Result<(), Unread> {
    if bytes < u64::from(u32::MAX) { Ok(()) } else { Err(Unread("larger than 4 GB".to_string())) }
}

/// Reads the bytes of a file as Python does.
pub fn read(bytes: Vec<u8>) -> Result<Text, Unread> {
    check_size(bytes.len() as u64)?;
    // Nearly every file: the encodings that Python code is written in agree on ASCII. The mark outweighs a comment.
    if bytes.is_ascii() || bytes.starts_with(b"\xef\xbb\xbf") {
        return utf8(bytes, None);
    }
    match cookie(&bytes) {
        None => utf8(bytes, None),
        Some(name) => match Encoding::named(&name) {
            Some(Encoding::Utf8) => utf8(bytes, Some(&name)),
            Some(encoding) => match encoding.decode(&bytes) {
                Some(text) => Ok(Text { text, encoding }),
                None => Err(Unread(format!("says it is `{name}`, but some of its bytes are not"))),
            },
            None => Err(Unread(format!("says it is `{name}`, an encoding that is not known here"))),
        },
    }
}

fn utf8(bytes: Vec<u8>, cookie: Option<&str>) -> Result<Text, Unread> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Text { text, encoding: Encoding::Utf8 }),
        Err(error) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.iter().filter(|&&byte| byte == b'\n').count() + 1;
            Err(Unread(match cookie {
                Some(name) => format!("says it is `{name}`, but line {line} is not"),
                None => format!("line {line} is not UTF-8 and no `# coding:` comment says what it is"),
            }))
        }
    }
}

impl Encoding {
    /// Python's names for encodings, as far as they are more than browsers know.
    fn named(name: &str) -> Option<Encoding> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        let label = match name.as_str() {
            "utf-8" | "utf8" | "utf-8-sig" | "u8" | "utf" | "cp65001" => return Some(Encoding::Utf8),
            // What goes beyond it is an error in Python, and a small one: it can still be checked.
            "ascii" | "us-ascii" | "646" => return Some(Encoding::Utf8),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "iso8859" | "8859" | "l1" | "cp819" => {
                return Some(Encoding::Latin1);
            }
            "eucjp" => "euc-jp",
            "euckr" => "euc-kr",
            "sjis" | "cp932" | "ms932" => "shift-jis",
            "cp936" => "gbk",
            "cp949" => "euc-kr",
            "cp950" => "big5",
            "mac-roman" | "macroman" => "macintosh",
            "mac-cyrillic" => "x-mac-cyrillic",
            "koi8r" => "koi8-r",
            "koi8u" => "koi8-u",
            name => name,
        };
        // Python writes `latin-2`, browsers `latin2`.
        let joined = label.strip_prefix("latin-").map(|number| format!("latin{number}"));
        let label = joined.as_deref().unwrap_or(label);
        let found = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes())?;
        // Python refuses source in UTF-16.
        found.is_ascii_compatible().then_some(Encoding::Other(found))
    }

    fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Encoding::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Encoding::Latin1 => Some(encoding_rs::mem::decode_latin1(bytes).into_owned()),
            Encoding::Other(encoding) => {
                let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
                Some(text.into_owned())
            }
        }
    }

    /// The text as bytes of this encoding; None when it has a character that the encoding lacks.
    pub fn encode(self, text: &str) -> Option<Cow<'_, [u8]>> {
        match self {
            Encoding::Utf8 => Some(Cow::Borrowed(text.as_bytes())),
            Encoding::Latin1 => {
                text.chars().map(|c| u8::try_from(c as u32).ok()).collect::<Option<Vec<u8>>>().map(Cow::Owned)
            }
            Encoding::Other(encoding) => match encoding.encode(text) {
                (_, _, true) => None,
                (bytes, _, false) => Some(bytes),
            },
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Latin1 => "Latin-1",
            Encoding::Other(encoding) => encoding.name(),
        }
    }
}

/// The encoding that one of the first two lines names, as PEP 263 looks for it.
fn cookie(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split(|&byte| byte == b'\n');
    let first = lines.next()?;
    if let Some(name) = cookie_in(first) {
        return Some(name);
    }
    // The second line counts only when the first holds no code.
    let code = first.trim_ascii_start();
    if code.is_empty() || code.starts_with(b"#") { cookie_in(lines.next()?) } else { None }
}

/// `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`, by hand.
fn cookie_in(line: &[u8]) -> Option<String> {
    const WORD: &[u8] = b"coding";
    let mut rest = line.trim_ascii_start().strip_prefix(b"#")?;
    while let Some(at) = rest.windows(WORD.len()).position(|part| part == WORD) {
        rest = &rest[at + WORD.len()..];
        if let Some((b':' | b'=', value)) = rest.split_first() {
            let value = value.trim_ascii_start();
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            let end = value.iter().position(|byte| !is_name(byte)).unwrap_or(value.len());
            if end > 0 {
                return Some(String::from_utf8_lossy(&value[..end]).into_owned());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads, compares with the text, and expects the same bytes when it is written back.
    fn check(bytes: &[u8], expected: &str) {
        let read = read(bytes.to_vec()).unwrap();
        assert_eq!(read.text, expected);
        assert_eq!(read.encoding.encode(&read.text).as_deref(), Some(bytes));
    }

    fn refused(bytes: &[u8], expected: &str) {
        assert_eq!(read(bytes.to_vec()), Err(Unread(expected.to_string())));
    }

    #[test]
    fn utf8_is_what_python_expects() {
        check("x = 'é'\n".as_bytes(), "x = 'é'\n");
        check(b"\xef\xbb\xbfx = 1\r\n", "\u{feff}x = 1\r\n");
        check("\u{feff}# coding: latin-1\n'é'\n".as_bytes(), "\u{feff}# coding: latin-1\n'é'\n");
        check("# coding: utf-8\ns = '𝄞'\n".as_bytes(), "# coding: utf-8\ns = '𝄞'\n");
    }

    #[test]
    fn a_comment_names_another_encoding() {
        check(b"# -*- coding: latin-1 -*-\ns = '\xe9\x80'\n", "# -*- coding: latin-1 -*-\ns = 'é\u{80}'\n");
        check(b"#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n'\xcf'\n", {
            "#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n'П'\n"
        });
        check(b"\n# coding=iso_8859_15\n'\xa4'\n", "\n# coding=iso_8859_15\n'€'\n");
        check(b"# coding: euc_jp\n'\xa4\xa2'\n", "# coding: euc_jp\n'あ'\n");
        check(b"# coding: latin-2\n'\xb1'\n", "# coding: latin-2\n'ą'\n");
    }

    #[test]
    fn what_python_cannot_read_is_named() {
        refused(b"x = 1\ny = '\xe9'\n", "line 2 is not UTF-8 and no `# coding:` comment says what it is");
        refused(b"# coding: ascii\n'\xe9'\n", "says it is `ascii`, but line 2 is not");
        refused(b"# coding: utf8\n'\xe9'\n", "says it is `utf8`, but line 2 is not");
        refused(b"# coding: klingon\n'\xe9'\n", "says it is `klingon`, an encoding that is not known here");
        refused(b"# coding: euc-jp\n'\xff'\n", "says it is `euc-jp`, but some of its bytes are not");
    }

    #[test]
    fn a_comment_after_code_names_nothing() {
        assert_eq!(cookie(b"import x\n# coding: latin-1\n"), None);
        assert_eq!(cookie(b"x = 'coding: latin-1'\n"), None);
        assert_eq!(cookie(b"\n\n# coding: latin-1\n"), None);
    }

    #[test]
    fn a_character_that_the_encoding_lacks_is_noticed() {
        assert_eq!(Encoding::Latin1.encode("€"), None);
        assert_eq!(Encoding::Other(encoding_rs::KOI8_R).encode("€"), None);
    }
}
