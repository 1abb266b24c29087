#![no_main]

promises::target!(protocol);
