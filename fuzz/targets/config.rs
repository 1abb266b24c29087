#![no_main]

promises::target!(config);
