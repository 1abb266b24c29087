//! Whatever stands in a settings file, it is read, or there is a sentence that says where it is wrong.

use std::fs;

use aiterlint::config::read::{Look, Overrides, Resolver};

use super::mutations::{self, Dice};

pub fn mutated(input: &[u8], dice: &mut Dice) -> Vec<u8> {
    mutations::mutated(&super::text(input), dice).into_bytes()
}

pub fn holds(input: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = super::text(input).matches(['\n', '\r']).count() as u32 + 1;
    for name in ["pyproject.toml", "aiterlint.toml"] {
        fs::write(folder.path().join(name), input).expect("it is written");
        let resolver = Resolver::new(Look::Above, &Overrides::default());
        let settings = resolver.for_file(Some(&folder.path().join("pkg/a.py")));
        let mistakes = resolver.mistakes();
        assert_eq!(settings.is_none(), !mistakes.is_empty(), "{mistakes:?}");
        for mistake in &mistakes {
            assert!(!mistake.message.contains('\n'), "{mistake:?}");
            assert!(
                mistake.place.is_none_or(|(line, column)| (1..=lines).contains(&line) && column > 0),
                "{mistake:?}"
            );
        }
    }
    let pairs = super::text(input).lines().map(str::to_string).collect();
    Resolver::new(Look::Nowhere, &Overrides { pairs, ..Overrides::default() }).for_file(None);
}
