use super::*;
use crate::facts::RiskKind;
use std::fs;

/// A folder with these files; a path that ends in `/` is a folder.
fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in files {
        let full = folder.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        if path.ends_with('/') {
            fs::create_dir_all(full).unwrap();
        } else {
            fs::write(full, path).unwrap();
        }
    }
    folder
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.files.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn files_are_listed_in_order() {
    let folder = folder(&["src/a/b.py", "README.md", "src/a.py"]);
    let tree = walk(folder.path()).unwrap();
    assert_eq!(paths(&tree), ["README.md", "src/a.py", "src/a/b.py"]);
    assert_eq!(tree.selection().files.len(), 3);
    assert_eq!(tree.selection().bytes, Some(9 + 8 + 10));
    assert_eq!(tree.under("src/a").count(), 1);
    assert_eq!(tree.read("src/a.py").unwrap().as_deref(), Some("src/a.py"));
    assert_eq!(tree.read("absent").unwrap(), None);
}

#[test]
fn what_git_ignores_is_left_out_with_and_without_a_repository() {
    for repository in [true, false] {
        let folder = folder(&["a.py", "secret.py", "sub/b.log", "sub/b.py"]);
        fs::write(folder.path().join(".gitignore"), "secret.py\n").unwrap();
        fs::write(folder.path().join("sub/.gitignore"), "*.log\n").unwrap();
        if repository {
            fs::create_dir_all(folder.path().join(".git/info")).unwrap();
            fs::write(folder.path().join(".git/info/exclude"), "a.py\n").unwrap();
        }
        let tree = walk(folder.path()).unwrap();
        let mut expected = vec![".gitignore", "a.py", "sub/.gitignore", "sub/b.py"];
        expected.retain(|path| !(repository && *path == "a.py"));
        assert_eq!(paths(&tree), expected);
    }
}

#[test]
fn a_project_that_its_repository_ignores_is_still_read() {
    let folder = folder(&[".git/", "out/project/a.py"]);
    fs::write(folder.path().join(".gitignore"), "out/**\n").unwrap();
    assert_eq!(paths(&walk(&folder.path().join("out/project")).unwrap()), ["a.py"]);
}

#[test]
fn environments_caches_and_outputs_are_no_part_of_the_project() {
    let folder = folder(&[
        "a.py",
        "__pycache__/a.pyc",
        ".venv/pyvenv.cfg",
        ".venv/lib/b.py",
        "odd/pyvenv.cfg",
        "odd/lib/b.py",
        "environment/c.py",
        "node_modules/x.py",
        "a.egg-info/PKG-INFO",
        "build/lib/a.py",
        "dist/a-1.0.tar.gz",
        "dist/notes.txt",
        "out/a.pyz",
        "out/a.pyz.receipt.json",
        "out/keep.txt",
    ]);
    assert_eq!(paths(&walk(folder.path()).unwrap()), ["a.py", "environment/c.py", "out/keep.txt"]);
}

#[test]
fn packages_called_build_and_dist_are_part_of_it() {
    let folder = folder(&["build/__init__.py", "build/lib/a.py", "dist/compute.py"]);
    assert_eq!(walk(folder.path()).unwrap().files.len(), 3);
}

#[cfg(unix)]
#[test]
fn links_inside_are_kept_and_others_are_risks() {
    use std::os::unix::fs::symlink;
    let folder = folder(&["data/a.txt", "ignored/b.txt"]);
    let root = folder.path();
    fs::write(root.join(".gitignore"), "ignored\n").unwrap();
    symlink("data/a.txt", root.join("file")).unwrap();
    symlink("data", root.join("folder")).unwrap();
    symlink("..", root.join("data/up")).unwrap();
    symlink("self", root.join("self")).unwrap();
    symlink("gone", root.join("dangling")).unwrap();
    symlink("/etc/hostname", root.join("outside")).unwrap();
    symlink("ignored/b.txt", root.join("hidden")).unwrap();
    let tree = walk(root).unwrap();
    assert_eq!(paths(&tree), [".gitignore", "data/a.txt", "data/up", "file", "folder"]);
    assert_eq!(tree.read("file").unwrap().as_deref(), Some("data/a.txt"));
    assert_eq!(tree.read("folder").unwrap(), None);
    let risks: Vec<_> = tree.risks.iter().map(|risk| (risk.kind, risk.what.as_str())).collect();
    let link = RiskKind::LinkOutside;
    assert_eq!(
        risks,
        [
            (link, "the link `dangling` leads nowhere"),
            (link, "the link `hidden` leads to `ignored/b.txt`, which is no part of the project"),
            (link, "the link `outside` leads outside the project"),
            (link, "the link `self` leads nowhere"),
        ]
    );
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_are_left_out_and_hostile_ones_reported() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&["a.py", "-rf.py", "new\nline.py"]);
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"b\xff.py")), "").unwrap();
    let tree = walk(folder.path()).unwrap();
    assert_eq!(paths(&tree), ["-rf.py", "a.py", "new\nline.py"]);
    let whats: Vec<_> = tree.risks.iter().map(|risk| risk.what.as_str()).collect();
    assert_eq!(
        whats,
        [
            "the path `-rf.py` has a part that starts with a dash",
            "the path `new\\nline.py` has a control character in it",
            "the path `b\u{fffd}.py` is not UTF-8",
        ]
    );
}

#[cfg(unix)]
#[test]
fn pipes_are_no_source() {
    let folder = folder(&["a.py"]);
    rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("pipe"), rustix::fs::Mode::RWXU).unwrap();
    assert_eq!(paths(&walk(folder.path()).unwrap()), ["a.py"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_script_and_neither_is_a_link_to_one() {
    let folder = folder(&[]);
    let (pipe, link) = (folder.path().join("pipe.py"), folder.path().join("link.py"));
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    for path in [pipe, link] {
        let InspectError::Read { path: named, source } = single(&path).unwrap_err() else { panic!("it was read") };
        assert_eq!((named, source.to_string().as_str()), (path, "it is no ordinary file"));
    }
}

#[test]
fn a_missing_folder_is_named() {
    let error = walk(Path::new("/nowhere/at/all")).unwrap_err();
    assert_eq!(error.to_string(), "there is nothing at `/nowhere/at/all`");
}

#[test]
fn a_script_is_alone_in_its_tree() {
    let folder = folder(&["tool.py", "other.py"]);
    let tree = single(&folder.path().join("tool.py")).unwrap();
    assert_eq!(paths(&tree), ["tool.py"]);
    assert_eq!(tree.selection().bytes, Some(7));
}

#[test]
fn binary_files_have_no_text_and_too_large_ones_are_named() {
    let folder = folder(&["a.py"]);
    fs::write(folder.path().join("large.txt"), vec![b'a'; 17 * 1024 * 1024]).unwrap();
    fs::write(folder.path().join("binary.toml"), b"a\0b").unwrap();
    let tree = walk(folder.path()).unwrap();
    assert_eq!(
        tree.read("large.txt").unwrap_err().to_string(),
        "`large.txt` is too large: it has 17825792 bytes, and up to 16777216 are read"
    );
    assert_eq!(tree.read("binary.toml").unwrap(), None);
}
