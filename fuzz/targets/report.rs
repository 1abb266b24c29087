#![no_main]

promises::target!(report);
