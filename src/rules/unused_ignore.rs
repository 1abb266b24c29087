//! An ignore comment that silences nothing. `suppress` says it: only there is it known what each comment silenced.

use crate::rule;
use crate::rule::Rule;

pub static RULE: Rule = rule!("unused-ignore", []);
