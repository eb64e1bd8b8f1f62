//! Folders that are changed in every way.

#![cfg(unix)]

use super::*;

/// A tool with a record, and its folder.
fn installed() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("tool-1");
    fs::create_dir_all(root.join("lib")).unwrap();
    fs::write(root.join("lib/a.py"), "x = 1\n").unwrap();
    fs::write(root.join("lib/b.py"), "y = 1\n").unwrap();
    std::os::unix::fs::symlink("lib", root.join("lib64")).unwrap();
    write(&root, &Record::of(&root).unwrap()).unwrap();
    assert_eq!(damage(&root, Look::Status), None);
    (folder, root)
}

#[track_caller]
fn said(root: &Path, look: Look) -> String {
    damage(root, look).expect("it is damaged").to_string()
}

#[test]
fn a_file_that_is_changed_cut_or_missing_is_named() {
    let (_keep, root) = installed();
    fs::write(root.join("lib/a.py"), "x = ").unwrap();
    fs::remove_file(root.join("lib/b.py")).unwrap();
    assert_eq!(said(&root, Look::Status), "`lib/a.py` differs, `lib/b.py` is missing");
    assert_eq!(damage(&root, Look::Status).unwrap().only_added(), None);
}

#[test]
fn a_change_with_its_size_and_date_put_back_is_noticed_by_the_date_that_no_program_sets() {
    let (_keep, root) = installed();
    let path = root.join("lib/a.py");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "x = 2\n").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
    assert_eq!(said(&root, Look::Status), "`lib/a.py` differs");
}

#[test]
fn what_was_added_is_damage_that_removing_it_mends() {
    let (_keep, root) = installed();
    fs::write(root.join("lib/sitecustomize.py"), "").unwrap();
    let found = damage(&root, Look::Status).unwrap();
    assert_eq!(found.to_string(), "`lib/sitecustomize.py` was added");
    assert_eq!(found.only_added(), Some(["lib/sitecustomize.py".to_owned()].as_slice()));
}

#[test]
fn a_link_that_leads_elsewhere_and_a_folder_that_is_a_link_are_damage() {
    let (_keep, root) = installed();
    fs::remove_file(root.join("lib64")).unwrap();
    std::os::unix::fs::symlink("/usr/lib", root.join("lib64")).unwrap();
    assert_eq!(said(&root, Look::Status), "`lib64` differs");
    let elsewhere = root.with_file_name("elsewhere");
    fs::rename(&root, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &root).unwrap();
    assert_eq!(said(&root, Look::Status), "it cannot be read");
}

#[test]
fn what_its_wheel_does_not_list_so_is_found_when_it_is_installed() {
    let (_keep, root) = installed();
    let info = root.join("lib/site-packages/a-1.dist-info");
    fs::create_dir_all(&info).unwrap();
    fs::create_dir(root.join("bin")).unwrap();
    for path in ["lib/site-packages/a.py", "bin/a"] {
        fs::write(root.join(path), "x = 1\n").unwrap();
    }
    let hash = BASE64.encode(Sha256::digest("x = 1\n"));
    let list = format!("a.py,sha256={hash},6\n../../bin/a,sha256={hash},6\na-1.dist-info/RECORD,,\n");
    fs::write(info.join("RECORD"), list).unwrap();
    let unlike = || Record::of(&root).unwrap().unlike_its_wheels(&root);
    assert_eq!(unlike(), None);
    fs::write(root.join("bin/a"), "x = 2\n").unwrap();
    assert_eq!(unlike().as_deref(), Some("bin/a"));
    fs::remove_file(root.join("lib/site-packages/a.py")).unwrap();
    assert_eq!(unlike().as_deref(), Some("lib/site-packages/a.py"));
}

#[test]
fn many_differences_are_counted() {
    let (_keep, root) = installed();
    fs::remove_dir_all(root.join("lib")).unwrap();
    assert_eq!(said(&root, Look::Status), "`lib` is missing, `lib/a.py` is missing and 1 more");
}

#[test]
fn a_copy_of_a_tool_is_read_once_and_then_known_by_its_status() {
    let (_keep, root) = installed();
    let file = root.join("lib/a.py");
    fs::remove_file(&file).unwrap();
    fs::write(&file, "x = 1\n").unwrap();
    let before = fs::read(beside(&root, ".status")).unwrap();
    assert_eq!(damage(&root, Look::Status), None);
    assert_ne!(fs::read(beside(&root, ".status")).unwrap(), before);
}

#[test]
fn without_a_record_that_can_be_read_nothing_is_believed() {
    let (_keep, root) = installed();
    fs::write(beside(&root, ".record.json"), "{").unwrap();
    assert_eq!(damage(&root, Look::Status), None);
    fs::write(beside(&root, ".status"), "").unwrap();
    assert_eq!(said(&root, Look::Status), "what it holds is not written down");
}
