//! By what a file or a folder is recognised that nobody has touched.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When what is in it was changed, when anything about it was, how large it is, and which it is on its disk. The second
/// cannot be set by hand, so that no other content comes with the same four numbers.
pub type Stamp = [u64; 4];

/// As coarse as any file system tells time.
const COARSE: Duration = Duration::from_secs(2);

pub fn stamp_of(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    let modified = nanoseconds(metadata.modified().ok()?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let touched = metadata.ctime() as u64 * 1_000_000_000 + metadata.ctime_nsec() as u64;
        Some([modified, touched, metadata.len(), metadata.ino()])
    }
    #[cfg(not(unix))]
    Some([modified, 0, metadata.len(), 0])
}

/// Nothing about it has changed since this time. What was touched shortly before may be touched again in the same tick.
pub fn is_older(stamp: &Stamp, time: SystemTime) -> bool {
    let [modified, touched, ..] = stamp;
    *modified.max(touched) < nanoseconds(time - COARSE)
}

fn nanoseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_is_not_trusted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.py");
        std::fs::write(&path, "a").expect("it is written");
        let before = stamp_of(&path).expect("it is there");
        assert!(!is_older(&before, SystemTime::now()));
        assert!(is_older(&before, SystemTime::now() + 2 * COARSE));
        std::fs::write(&path, "ab").expect("it is written");
        assert_ne!(Some(before), stamp_of(&path));
        assert_eq!(stamp_of(&folder.path().join("b.py")), None);
    }
}
