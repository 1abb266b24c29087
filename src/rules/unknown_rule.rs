//! A name in an ignore comment that is no rule. `suppress` says it, where those comments are read; the config's names
//! are checked where the config is read.

use crate::rule;
use crate::rule::Rule;

pub static RULE: Rule = rule!("unknown-rule", []);
