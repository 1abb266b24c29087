//! Paths as the services want them that show a report beside the code: from the root of the repository.

use std::path::{Component, Path, PathBuf};

use crate::files::shown;

/// Where the services that run jobs say that the repository is.
const ROOTS: [&str; 3] = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY"];

/// The path from the root of the repository; a path outside of it from the root of the disk.
pub fn path(path: &str) -> String {
    let Ok(here) = std::env::current_dir() else { return path.to_string() };
    let roots = ROOTS.iter().filter_map(std::env::var_os).map(PathBuf::from);
    let root = roots.into_iter().find(|root| here.starts_with(root)).unwrap_or_else(|| here.clone());
    from(&root, &here, path)
}

fn from(root: &Path, here: &Path, path: &str) -> String {
    if path == "-" {
        return path.to_string();
    }
    let mut whole = PathBuf::new();
    for part in here.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    shown(whole.strip_prefix(root).unwrap_or(&whole))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_root() {
        let (root, here) = (Path::new("/r"), Path::new("/r/backend"));
        assert_eq!(from(root, here, "src/a.py"), "backend/src/a.py");
        assert_eq!(from(root, here, "./src/a.py"), "backend/src/a.py");
        assert_eq!(from(root, here, "../tools/a.py"), "tools/a.py");
        assert_eq!(from(root, here, "/r/a.py"), "a.py");
        assert_eq!(from(root, here, "/other/a.py"), "/other/a.py");
        assert_eq!(from(root, here, "-"), "-");
    }
}
