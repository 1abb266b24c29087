#![no_main]

promises::target!(notebook);
