#![no_main]

promises::target!(fixes);
