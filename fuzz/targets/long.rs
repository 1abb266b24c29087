#![no_main]

promises::target!(long);
