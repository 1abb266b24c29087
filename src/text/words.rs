//! Where each word of a text stands.
//!
//! Questions like "where is `rows` written?" come by the hundred for one file, each for a word that is mostly not there.
//! One pass over the text answers all of them: words with the same hash hang on one chain, and a question walks its
//! chain and compares. Of most files only a handful is asked, and to search for each takes less than that pass.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// A letter, a digit, an underscore, or a part of a character beyond ASCII.
pub const fn is_inside(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The hash of one word, to be kept beside a word that is asked for in many files.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct WordHash(u32);

impl WordHash {
    pub fn of(word: &str) -> WordHash {
        WordHash(hash(word.as_bytes(), 0, word.len()))
    }
}

/// The length of a word and what it begins and ends with: eight letters at a time, and good enough for words.
fn hash(bytes: &[u8], start: usize, end: usize) -> u32 {
    let length = end - start;
    let (first, last) = if length >= 8 {
        (eight(bytes, start), eight(bytes, end - 8))
    } else if start + 8 <= bytes.len() {
        (eight(bytes, start) & ((1 << (8 * length)) - 1), 0)
    } else {
        let mut letters = [0; 8];
        letters[..length].copy_from_slice(&bytes[start..end]);
        (u64::from_le_bytes(letters), 0)
    };
    let mixed = (first ^ last.rotate_left(27) ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as u32
}

fn eight(bytes: &[u8], at: usize) -> u64 {
    let mut letters = [0; 8];
    letters.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(letters)
}

const INSIDE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_inside(byte as u8);
        byte += 1;
    }
    table
};

/// How many questions are answered by a search.
const FEW: u32 = 8;

/// The words of one text, found one by one until somebody wants to know of many.
#[derive(Debug, Default)]
pub struct Index {
    asked: AtomicU32,
    words: OnceLock<Arc<Words>>,
}

impl Clone for Index {
    fn clone(&self) -> Index {
        Index { asked: AtomicU32::new(self.asked.load(Ordering::Relaxed)), words: self.words.clone() }
    }
}

impl Index {
    /// Where the word stands, from the end of the text to its start.
    pub fn find(&self, text: &str, word: &str, hash: WordHash) -> impl Iterator<Item = u32> {
        let is_searched = self.words.get().is_none() && self.asked.fetch_add(1, Ordering::Relaxed) < FEW;
        let searched = if is_searched { search(text, word) } else { Vec::new() };
        let words = (!is_searched).then(|| self.words.get_or_init(|| Arc::new(Words::read(text))));
        let indexed = words.into_iter().flat_map(move |words| words.find(text, word, hash));
        searched.into_iter().rev().chain(indexed)
    }
}

/// Where the whole word stands.
fn search(text: &str, word: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let begins = |at: usize| !at.checked_sub(1).is_some_and(|before| is_inside(bytes[before]));
    let found = memchr::memmem::find_iter(bytes, word.as_bytes()).map(|at| at as u32);
    found.filter(|&at| begins(at as usize) && is_here(text, at, word)).collect()
}

/// Which words a text may have, in a few bits a word: what is not in the set is not in the text.
pub struct WordSet(Box<[u64]>);

impl WordSet {
    pub fn read(text: &str) -> WordSet {
        // One bit a byte of text is ten a word, and most words come more than once.
        let blocks = (text.len() / 64).next_power_of_two().clamp(16, 1 << 12);
        let mut set = WordSet(vec![0; blocks].into_boxed_slice());
        each_word(text, |_, hash| {
            let (block, bit) = set.place(hash);
            set.0[block] |= bit;
        });
        set
    }

    pub fn may_have(&self, word: WordHash) -> bool {
        let (block, bit) = self.place(word.0);
        self.0[block] & bit != 0
    }

    fn place(&self, hash: u32) -> (usize, u64) {
        ((hash >> 6) as usize & (self.0.len() - 1), 1 << (hash & 63))
    }
}

/// Tells the place and the hash of each word.
fn each_word(text: &str, mut tell: impl FnMut(u32, u32)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(|&byte| INSIDE[byte as usize]) {
        let start = at + start;
        let length = bytes[start..].iter().position(|&byte| !INSIDE[byte as usize]);
        at = length.map_or(bytes.len(), |length| start + length);
        // Numbers are no words.
        if !bytes[start].is_ascii_digit() {
            tell(start as u32, hash(bytes, start, at));
        }
    }
}

/// No word has this place: texts are shorter.
const NOWHERE: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub struct Words {
    /// The last word of each chain.
    chains: Box<[u32]>,
    /// In reading order; numbers begin no words.
    words: Vec<Word>,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    at: u32,
    hash: u32,
    /// The word before this one on the chain.
    before: u32,
}

impl Words {
    pub fn read(text: &str) -> Words {
        let bytes = text.as_bytes();
        // Python has a word in seven or eight bytes.
        let chains = (bytes.len() / 16).next_power_of_two().clamp(64, 1 << 16);
        let mut words =
            Words { chains: vec![NOWHERE; chains].into_boxed_slice(), words: Vec::with_capacity(bytes.len() / 8) };
        each_word(text, |at, hash| words.add(at, hash));
        words
    }

    fn add(&mut self, at: u32, hash: u32) {
        let chain = hash as usize & (self.chains.len() - 1);
        let number = self.words.len() as u32;
        let before = std::mem::replace(&mut self.chains[chain], number);
        self.words.push(Word { at, hash, before });
    }

    /// Where the word stands, from the end of the text to its start.
    pub fn find(&self, text: &str, word: &str, hash: WordHash) -> impl Iterator<Item = u32> {
        let mut next = self.chains[hash.0 as usize & (self.chains.len() - 1)];
        std::iter::from_fn(move || {
            while let Some(found) = self.words.get(next as usize) {
                next = found.before;
                if found.hash == hash.0 && is_here(text, found.at, word) {
                    return Some(found.at);
                }
            }
            None
        })
    }
}

/// The whole word stands at this place.
fn is_here(text: &str, at: u32, word: &str) -> bool {
    let rest = &text.as_bytes()[at as usize..];
    rest.starts_with(word.as_bytes()) && rest.get(word.len()).is_none_or(|&next| !is_inside(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, word: &str, expected: &[u32]) {
        let mut found: Vec<u32> = Words::read(text).find(text, word, WordHash::of(word)).collect();
        found.reverse();
        assert_eq!(found, expected, "{word} in {text}");
        assert_eq!(search(text, word), expected, "{word} in {text}");
        assert!(expected.is_empty() || WordSet::read(text).may_have(WordHash::of(word)));
    }

    #[test]
    fn a_set_has_few_words_that_the_text_has_not() {
        let text: String = (0..1000).map(|number| format!("word_{number} = value.of({number})\n")).collect();
        let set = WordSet::read(&text);
        let wrong = (0..1000).filter(|number| set.may_have(WordHash::of(&format!("other_{number}")))).count();
        assert!(wrong < 100, "{wrong} of 1000");
    }

    #[test]
    fn words_are_found_whole() {
        check("row rows row.row(_row, row2) 'row'", "row", &[0, 9, 13, 30]);
        check("größe = größ", "größ", &[10]);
        check("1e5 e5", "e5", &[4]);
        check("", "row", &[]);
    }
}
