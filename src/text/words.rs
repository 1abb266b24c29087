//! Where each word of a text stands.
//!
//! Questions like "where is `rows` written?" come by the hundred for one file, each for a word that is mostly not there.
//! One pass over the text answers all of them: words with the same hash hang on one chain, and a question walks its
//! chain and compares.

/// A letter, a digit, an underscore, or a part of a character beyond ASCII.
pub fn is_inside(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The hash of one word, to be kept beside a word that is asked for in many files.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct WordHash(u32);

impl WordHash {
    pub fn of(word: &str) -> WordHash {
        WordHash(word.bytes().fold(SEED, step))
    }
}

const SEED: u32 = 0x811c_9dc5;

/// FNV-1a: a multiplication a byte, and good enough for words.
fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
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
        let mut at = 0;
        while at < bytes.len() {
            if !is_inside(bytes[at]) {
                at += 1;
                continue;
            }
            let start = at;
            let mut hash = SEED;
            while at < bytes.len() && is_inside(bytes[at]) {
                hash = step(hash, bytes[at]);
                at += 1;
            }
            if !bytes[start].is_ascii_digit() {
                words.add(start as u32, hash);
            }
        }
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
    }

    #[test]
    fn words_are_found_whole() {
        check("row rows row.row(_row, row2) 'row'", "row", &[0, 9, 13, 30]);
        check("größe = größ", "größ", &[10]);
        check("1e5 e5", "e5", &[4]);
        check("", "row", &[]);
    }
}
