//! What stands in the file of a cache.
//!
//! It has two parts. The first says of each file by what it is recognised and what was found in it; that is all that a
//! run needs while nothing has changed. The second says where the imports of each file lead, and is only read when
//! something has.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::kept::Kept;
use crate::files::{Seen, Stamp};
use crate::fingerprint;

#[derive(Serialize, Deserialize, Default)]
pub struct Content {
    /// The build of the program, and the folder.
    pub stamp: String,
    /// What decides where imports lead besides what is on disk.
    pub premises: u64,
    /// What is on disk and decides where imports lead.
    pub places: Vec<Place>,
    pub files: BTreeMap<String, File>,
}

/// A folder in which modules were looked for, or a file that says where they are.
#[derive(Serialize, Deserialize)]
pub struct Place {
    pub path: String,
    /// None when it was too new to be trusted.
    pub stamp: Option<Stamp>,
    pub seen: u64,
}

/// A file that was checked, or that a check has come across.
#[derive(Serialize, Deserialize, Default)]
pub struct File {
    /// None when it was too new to be trusted.
    pub stamp: Option<Stamp>,
    #[serde(with = "WrittenSeen")]
    pub text: Seen,
    pub result: Option<Kept>,
}

/// How `Seen` is written.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Seen")]
enum WrittenSeen {
    Nothing,
    NoText,
    Text(u64),
    Changing,
}

/// Where the imports of each file lead, by dots and name.
pub type Ways = BTreeMap<String, BTreeMap<(u32, String), Vec<Led>>>;

/// Where an import leads.
#[derive(Clone, PartialEq, Eq)]
pub struct Led {
    pub path: String,
    pub owner: u8,
    pub is_folder: bool,
}

/// The same with each name written once: most lead to the same few hundred modules.
#[derive(Serialize, Deserialize)]
struct Written {
    names: Vec<String>,
    ways: Vec<(u32, Vec<Way>)>,
}

/// The dots and the name of an import, and where it leads.
type Way = (u32, u32, Vec<End>);

/// A path, whose it is, and whether it is a folder.
type End = (u32, u8, bool);

/// The second part as it stands in the file.
pub struct Unread {
    bytes: Vec<u8>,
    start: usize,
}

/// How many bytes tell that the file is whole, and how many say how long the first part is.
const SUM: usize = 16;
const LENGTH: usize = 8;

/// Both parts, and before them what tells that they are whole.
pub fn pack(content: &Content, ways: &Ways) -> Option<Vec<u8>> {
    let first = postcard::to_stdvec(content).ok()?;
    let second = postcard::to_stdvec(&written(ways)).ok()?;
    let bytes = [&(first.len() as u64).to_le_bytes()[..], &first, &second].concat();
    Some([fingerprint::of_bytes(&bytes).as_bytes(), &bytes].concat())
}

/// None when it is damaged.
pub fn unpack(bytes: Vec<u8>) -> Option<(Content, Unread)> {
    let (sum, rest) = bytes.split_at_checked(SUM)?;
    if fingerprint::of_bytes(rest).as_bytes() != sum {
        return None;
    }
    let (length, rest) = rest.split_at_checked(LENGTH)?;
    let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
    let content = postcard::from_bytes(rest.get(..length)?).ok()?;
    Some((content, Unread { start: SUM + LENGTH + length, bytes }))
}

impl Unread {
    /// Where the imports lead; None when it does not fit together.
    pub fn ways(&self) -> Option<Ways> {
        let Written { names, ways } = postcard::from_bytes(&self.bytes[self.start..]).ok()?;
        let name = |number: u32| names.get(number as usize).cloned();
        let mut read = Ways::new();
        for (file, of_file) in ways {
            let mut known = BTreeMap::new();
            for (level, module, ends) in of_file {
                let ends =
                    ends.into_iter().map(|(path, owner, is_folder)| Some(Led { path: name(path)?, owner, is_folder }));
                known.insert((level, name(module)?), ends.collect::<Option<Vec<Led>>>()?);
            }
            read.insert(name(file)?, known);
        }
        Some(read)
    }
}

fn written(ways: &Ways) -> Written {
    let mut names: Vec<String> = Vec::new();
    let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
    let mut number = |name: &str| {
        numbers.get(name).copied().unwrap_or_else(|| {
            let number = names.len() as u32;
            names.push(name.to_string());
            numbers.insert(name.to_string(), number);
            number
        })
    };
    let mut written = Vec::new();
    for (file, of_file) in ways {
        let mut known = Vec::new();
        for ((level, module), ends) in of_file {
            let ends = ends.iter().map(|led| (number(&led.path), led.owner, led.is_folder)).collect();
            known.push((*level, number(module), ends));
        }
        written.push((number(file), known));
    }
    Written { names, ways: written }
}
