#![no_main]

promises::target!(edits);
