#![no_main]

promises::target!(ignores);
