use std::io::Read;

use super::*;

/// A store, and a manifest of everything that a tree may hold.
fn everything() -> (tempfile::TempDir, Store, Manifest) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let mut manifest = Manifest::default();
    let conffile = store.put(b"secret", false).unwrap();
    let deep = format!("opt/{}", "long-name/".repeat(20));
    for (path, node) in [
        ("etc/app.conf".to_owned(), Node::File { blob: conffile, mode: Mode::new(0o640).unwrap() }),
        ("opt/app/app".to_owned(), store.put(b"#!/bin/sh\n", true).unwrap().into()),
        (format!("{deep}file"), store.put(b"deep", false).unwrap().into()),
        ("usr/bin/app".to_owned(), Node::Link { to: "/opt/app/app".into() }),
        ("usr/bin/deep".to_owned(), Node::Link { to: format!("/{deep}file") }),
        ("var/lib/app".to_owned(), Node::Folder { mode: Mode::new(0o750).unwrap() }),
    ] {
        manifest.add(path, node).unwrap();
    }
    (folder, store, manifest)
}

fn written(folder: &Path, name: &str, manifest: &Manifest, store: &Store, format: &Format) -> Vec<u8> {
    let path = folder.join(name);
    write(&path, manifest.clone(), store, format, &Cancel::default()).unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn the_same_contents_give_the_same_bytes_whenever_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let make = |name: &str, texts: [(&str, &str); 2]| {
        let mut manifest = Manifest::default();
        for (name, text) in texts {
            manifest.add(name.into(), store.put(text.as_bytes(), false).unwrap()).unwrap();
        }
        let format = Format::Zip { shebang: Some("#!/usr/bin/env python3".into()), deflate: true };
        written(folder.path(), name, &manifest, &store, &format)
    };
    let one = make("one", [("b.py", "1"), ("__main__.py", "2")]);
    assert_eq!(one, make("two", [("__main__.py", "2"), ("b.py", "1")]));
    assert!(one.starts_with(b"#!/usr/bin/env python3\nPK\x03\x04"));
}

#[test]
fn a_tar_holds_links_folders_modes_and_long_names_and_belongs_to_root() {
    let (folder, store, manifest) = everything();
    let bytes = written(folder.path(), "a.tar", &manifest, &store, &Format::Tar { squeeze: Squeeze::Nothing });
    let mut archive = tar::Archive::new(bytes.as_slice());
    let mut lines = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header();
        assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap()), (0, 0, 315_532_800));
        assert_eq!((header.username().unwrap(), header.groupname().unwrap()), (Some("root"), Some("root")));
        let (mode, path) = (header.mode().unwrap(), entry.path().unwrap().display().to_string());
        let to = entry.link_name().unwrap().map(|to| format!(" -> {}", to.display())).unwrap_or_default();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        lines.push(
            format!("{mode:o} {}{to} {text}", path.replace("long-name/", "…")).trim_end().replace("long-name/", "…"),
        );
    }
    let shown: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.ends_with("…")).collect();
    let expected = [
        "755 etc/",
        "640 etc/app.conf secret",
        "755 opt/",
        "755 opt/app/",
        "755 opt/app/app #!/bin/sh",
        "644 opt/……………………………………………………file deep",
        "755 usr/",
        "755 usr/bin/",
        "777 usr/bin/app -> /opt/app/app",
        "777 usr/bin/deep -> /opt/……………………………………………………file",
        "755 var/",
        "755 var/lib/",
        "750 var/lib/app/",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_compressed_tar_has_neither_a_name_nor_a_date() {
    let (folder, store, manifest) = everything();
    let gzip = Format::Tar { squeeze: Squeeze::Gzip };
    let one = written(folder.path(), "one.tar.gz", &manifest, &store, &gzip);
    assert_eq!(one, written(folder.path(), "two.tar.gz", &manifest, &store, &gzip));
    assert_eq!(one[..8], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    let plain = written(folder.path(), "a.tar", &manifest, &store, &Format::Tar { squeeze: Squeeze::Nothing });
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(one.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
}

#[test]
fn a_zip_holds_links_and_empty_folders_unless_python_runs_it() {
    let (folder, store, mut manifest) = everything();
    manifest.add("link".into(), Node::Link { to: "opt/app/app".into() }).unwrap();
    let zip = Format::Zip { shebang: None, deflate: true };
    let bytes = written(folder.path(), "a.zip", &manifest, &store, &zip);
    let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
    let mode = |archive: &mut zip::ZipArchive<_>, name: &str| archive.by_name(name).unwrap().unix_mode().unwrap();
    assert_eq!(mode(&mut archive, "usr/bin/app") & 0o170_000, 0o120_000);
    assert_eq!(mode(&mut archive, "var/lib/app/"), 0o040_750);
    assert_eq!(mode(&mut archive, "etc/app.conf") & 0o777, 0o640);
    assert_eq!(mode(&mut archive, "etc/"), 0o040_755, "a namespace package is found by the entry of its folder");
    let python = Format::Zip { shebang: Some("#!/usr/bin/python3".into()), deflate: true };
    let error =
        write(&folder.path().join("b"), manifest.clone(), &store, &python, &Cancel::default()).unwrap_err().to_string();
    assert_eq!(error, "the step wrote `usr/bin/app`, which is a link that leads out of it");
    manifest.nodes.retain(|path, _| !path.starts_with("usr/bin"));
    let bytes = written(folder.path(), "c", &manifest, &store, &python);
    let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
    assert_eq!(mode(&mut archive, "link"), 0o100_755, "what Python cannot follow is the file itself");
    manifest.add("folder".into(), Node::Link { to: "opt/app".into() }).unwrap();
    let bytes = written(folder.path(), "d", &manifest, &store, &python);
    let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
    assert_eq!(mode(&mut archive, "folder/app"), 0o100_755);
}

#[test]
fn a_content_that_rotted_is_not_packed_and_leaves_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    for format in [Format::Zip { shebang: None, deflate: false }, Format::Tar { squeeze: Squeeze::Nothing }] {
        let blob = store.put(b"hello", false).unwrap();
        let mut manifest = Manifest::default();
        manifest.add("a".into(), blob.clone()).unwrap();
        let stored = store.blob_path(&blob);
        crate::engine::disk::files::remove_all(&stored);
        std::fs::write(&stored, "HELLO").unwrap();
        crate::engine::disk::files::seal(&stored, false).unwrap();
        assert!(store.has(&blob), "neither size nor date tells");
        let error = write(&folder.path().join("a"), manifest, &store, &format, &Cancel::default()).unwrap_err();
        assert_eq!(error.to_string(), "`a` in the cache is not what was put there");
        assert!(!store.has(&blob) && store.dropped() > 0);
    }
}
