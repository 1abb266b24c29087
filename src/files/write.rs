//! Replacing a file in one step, so that nobody ever sees half of it.
//!
//! The new text is written into a file beside the old one and renamed over it. A process that is killed leaves that
//! file behind; the next one that writes in the folder takes it away.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::{Input, Text, read, reason};

/// What a file is called that has no place yet, with letters and digits between. Nobody else gives such names.
const BEGINNING: &str = ".aiterlint-";
const ENDING: &str = ".tmp";

/// Writes the new text where the old one was read, in its encoding. The file keeps its permissions; a symbolic link
/// stays one, and the file it points to changes. The error is the end of a sentence that begins with the file.
pub fn write(path: &Path, old: &Text, new: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot be written: {}", reason(&error));
    let target = std::fs::canonicalize(path).map_err(failed)?;
    let permissions = std::fs::metadata(&target).map_err(failed)?.permissions();
    if permissions.readonly() {
        return Err("is read-only, so it was not fixed".to_string());
    }

    let bytes = std::fs::read(&target).map_err(failed)?;
    let name = old.encoding.name();
    if old.encoding.encode(&old.text).as_deref() != Some(&bytes) {
        // Either somebody saved it just now, or the encoding has two spellings for one character.
        return Err(match read(bytes) {
            Ok(now) if now == *old => format!("cannot be written back as {name} unchanged, so it was not fixed"),
            _ => "has changed while it was being fixed, so it was left alone".to_string(),
        });
    }
    let Some(bytes) = old.encoding.encode(new) else {
        return Err(format!("the fix has a character that {name} lacks, so it was not fixed"));
    };

    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = beside(&mut Builder::new(), folder).map_err(failed)?;
    file.write_all(&bytes).map_err(failed)?;
    keep_owner(&target, file.path());
    file.as_file().set_permissions(permissions).map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Writes a file that is ours, whether it is there or not; folders that are missing are made.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sweep(folder);
    let mut builder = Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file, less what the umask takes: others are to read it too.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = beside(&mut builder, folder)?;
    file.write_all(bytes)?;
    if let Ok(old) = std::fs::metadata(&target) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// A new file that is locked as long as it is written, so that others see that somebody lives who wants it.
fn beside(builder: &mut Builder, folder: &Path) -> std::io::Result<NamedTempFile> {
    loop {
        let file = builder.prefix(BEGINNING).suffix(ENDING).tempfile_in(folder)?;
        // Where the system has no locks nothing is ever swept. Else it may just have been, before there was a lock.
        if file.as_file().lock().is_err() || file.path().exists() {
            return Ok(file);
        }
    }
}

/// Takes away what killed processes have left beside these files.
pub fn sweep_beside(inputs: &[Input]) {
    let targets = inputs.iter().filter_map(|input| std::fs::canonicalize(input.path()?).ok());
    let folders: BTreeSet<PathBuf> = targets.filter_map(|target| target.parent().map(Path::to_path_buf)).collect();
    folders.iter().for_each(|folder| sweep(folder));
}

/// Takes away what killed processes have left in a folder. What cannot be taken away harms nobody.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if !is_file || !is_unplaced(&entry.file_name()) {
            continue;
        }
        // The lock of a process ends with it, however it ends; held here until the file is gone.
        if let Ok(file) = File::options().write(true).open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether a file of this name is one of ours that has not got its place.
pub fn is_unplaced(name: &OsStr) -> bool {
    let middle = name.to_str().and_then(|name| name.strip_prefix(BEGINNING)?.strip_suffix(ENDING));
    middle.is_some_and(|middle| middle.len() == 6 && middle.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Somebody who fixes another user's file keeps it that user's, where the system lets them.
#[cfg(unix)]
fn keep_owner(old: &Path, new: &Path) {
    use std::os::unix::fs::{MetadataExt, chown};
    if let Ok(old) = std::fs::metadata(old) {
        // Refused to all but the administrator, who is the only one to need it.
        let _ = chown(new, Some(old.uid()), Some(old.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_old: &Path, _new: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(path: &Path) -> Text {
        read(std::fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn the_encoding_and_the_byte_order_mark_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        std::fs::write(&path, b"# coding: latin-1\r\n'\xe9'\r\n").unwrap();
        let old = text_of(&path);
        write(&path, &old, &old.text.replace("'é'", "'éè'")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"# coding: latin-1\r\n'\xe9\xe8'\r\n");
        let old = text_of(&path);
        assert_eq!(
            write(&path, &old, "€"),
            Err("the fix has a character that Latin-1 lacks, so it was not fixed".to_string())
        );
    }

    #[test]
    fn a_file_saved_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        std::fs::write(&path, "old\n").unwrap();
        let old = text_of(&path);
        std::fs::write(&path, "newer\n").unwrap();
        assert!(write(&path, &old, "fixed\n").unwrap_err().contains("left alone"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "newer\n");
    }

    #[test]
    fn what_killed_processes_leave_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let kept = [".aiterlint-known.json", ".aiterlint-.tmp", ".aiterlint-a-file.tmp", "aiterlint-abcdef.tmp"];
        for name in kept.iter().chain(&[".aiterlint-aB3dEf.tmp"]) {
            std::fs::write(path(name), "half of").unwrap();
        }
        std::fs::create_dir(path(".aiterlint-folder.tmp")).unwrap();
        let written = beside(&mut Builder::new(), folder.path()).unwrap();
        sweep(folder.path());
        assert!(!path(".aiterlint-aB3dEf.tmp").exists());
        assert!(kept.iter().all(|name| path(name).exists()) && path(".aiterlint-folder.tmp").exists());
        assert!(written.path().exists(), "somebody is still writing it");
        // As it stands when the process has gone without a word.
        let (file, left) = written.keep().unwrap();
        drop(file);
        write_whole(&path("report.txt"), b"whole").unwrap();
        assert!(!left.exists() && path("report.txt").exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.py"), folder.path().join("link.py"));
        std::fs::write(&real, "old\n").unwrap();
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o751)).unwrap();
        std::os::unix::fs::symlink("real.py", &link).unwrap();
        write(&link, &text_of(&link), "new\n").unwrap();
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "new\n");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o751);
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o444)).unwrap();
        assert!(write(&real, &text_of(&real), "newer\n").unwrap_err().contains("read-only"));
    }
}
