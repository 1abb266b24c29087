#![no_main]

promises::target!(parsers);
