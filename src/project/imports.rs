//! The arithmetic of dotted names.

/// The absolute name that an import means inside a module which is itself a plain module of the given dotted name.
pub fn absolute(importer: &str, level: u32, name: &str) -> Option<String> {
    if level == 0 {
        return Some(name.to_string());
    }
    let mut parts: Vec<&str> = importer.split('.').collect();
    for _ in 0..level {
        parts.pop()?;
    }
    if !name.is_empty() {
        parts.push(name);
    }
    Some(parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_climb_from_the_module() {
        assert_eq!(absolute("a.b.c", 0, "x"), Some("x".to_string()));
        assert_eq!(absolute("a.b.c", 1, "x"), Some("a.b.x".to_string()));
        assert_eq!(absolute("a.b.c", 2, ""), Some("a".to_string()));
        assert_eq!(absolute("a", 2, "x"), None);
    }
}
