use std::io::Write;
use std::path::PathBuf;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const LIMITS: Limits = Limits {
    members: 9,
    member: 2 << 20,
    total: 3 << 20,
    ratio: 100,
    path: 20,
    depth: 3,
    log: 1 << 20,
    source: 1 << 20,
};

struct Made {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

/// An archive with these members, of which the bytes may be changed before it is read.
fn made(write: impl FnOnce(&mut ZipWriter<io::Cursor<Vec<u8>>>), change: impl FnOnce(&mut Vec<u8>)) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a-1.whl");
    let mut archive = ZipWriter::new(io::Cursor::new(Vec::new()));
    write(&mut archive);
    let mut bytes = archive.finish().unwrap().into_inner();
    change(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
    Made { _folder: folder, path }
}

fn with(members: &[(&str, &[u8])]) -> Made {
    let write = |archive: &mut ZipWriter<_>| {
        for (name, bytes) in members {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
    };
    made(write, |_| ())
}

/// What is said of it, with the cause.
fn refused(made: &Made) -> String {
    refused_within(made, &LIMITS)
}

fn refused_within(made: &Made, limits: &Limits) -> String {
    match Zip::open_within(&made.path, "a-1.whl", limits) {
        Ok(_) => "nothing".into(),
        Err(error) => io::Error::from(error).to_string(),
    }
}

#[test]
fn an_ordinary_archive_is_read() {
    let made = with(&[("a/b.py", b"x"), ("c", b"yy")]);
    let mut zip = Zip::open_within(&made.path, "a-1.whl", &LIMITS).unwrap();
    let mut text = String::new();
    let mut member = zip.member(1).unwrap();
    member.contents.read_to_string(&mut text).unwrap();
    assert_eq!((member.path.as_str(), member.bytes, text.as_str()), ("c", 2, "yy"));
    drop(member);
    assert_eq!(zip.names().collect::<Vec<_>>(), ["a/b.py", "c"]);
}

#[test]
fn an_archive_that_unpacks_to_a_thousand_times_its_size_is_refused_before_it_is_unpacked() {
    let made = with(&[("zeros", &vec![0; 70 << 20])]);
    let said = refused_within(&made, &Limits { member: 1 << 30, total: 1 << 30, ..LIMITS });
    assert!(said.starts_with("`a-1.whl` is not unpacked: it unpacks to 70 MiB, more than Packwright takes"), "{said}");
    assert!(said.ends_with("100 times its own size of 1 MiB"), "{said}");
}

#[test]
fn each_limit_is_named_with_the_member_that_passes_it() {
    let many: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let said = "`a-1.whl` is not unpacked: it holds 10 files, more than Packwright takes: 9";
    assert_eq!(refused(&with(&many)), said);
    let said = "`a-1.whl` is not unpacked because of `a/b/c/d`: its path has 4 parts, more than Packwright takes: 3";
    assert_eq!(refused(&with(&[("a/b/c/d", b"")])), said);
    assert!(refused(&with(&[("a_path_that_is_far_too_long", b"")])).contains("27 bytes long"));
    let said = refused(&with(&[("a", &vec![7; 3 << 20])]));
    assert!(said.contains("because of `a`: it has 3 MiB, more than Packwright takes: 2 MiB"), "{said}");
    let two = vec![7; 2 << 20];
    let said = refused(&with(&[("a", &two), ("b", &two)]));
    assert!(said.contains("it unpacks to 4 MiB, more than Packwright takes: 3 MiB"), "{said}");
}

#[test]
fn what_is_no_plain_file_inside_is_refused() {
    for name in ["../evil.py", "/etc/evil", "demo/../../evil.py", "a\\..\\b"] {
        let said = refused(&with(&[(name, b"")]));
        assert!(said.ends_with("which leads out of the folder"), "{said}");
    }
    let link = made(|archive| archive.add_symlink("a", "/etc/passwd", SimpleFileOptions::default()).unwrap(), |_| ());
    assert_eq!(refused(&link), "`a-1.whl` holds `a`, which is neither a file nor a folder");
    assert_eq!(refused(&with(&[("a", b""), ("a/b", b"")])), "`a-1.whl` holds `a/b`, which lies in what is a file too");
    // The first bit of a member's flags, in its header and in the list.
    let encrypted = made(
        |archive| archive.start_file("a", SimpleFileOptions::default()).unwrap(),
        |bytes| {
            bytes[6] |= 1;
            let list = find(bytes, b"PK\x01\x02");
            bytes[list + 8] |= 1;
        },
    );
    assert_eq!(refused(&encrypted), "`a-1.whl` holds `a`, which is encrypted");
}

#[test]
fn names_that_differ_in_case_only_are_one_where_the_file_system_holds_them_for_one() {
    let made = with(&[("A", b""), ("a", b"")]);
    let archive = ZipArchive::new(File::open(&made.path).unwrap()).unwrap();
    assert!(check_members(&archive, "a", &LIMITS, true).is_ok());
    let error = check_members(&archive, "a", &LIMITS, false).unwrap_err();
    assert_eq!(error.to_string(), "`a` holds `a`, which is there twice");
}

#[test]
fn headers_that_lie_are_found_out() {
    let two = || with(&[("a.py", b"first"), ("b.py", b"other")]);
    let change = |change: &dyn Fn(&mut Vec<u8>)| {
        let made = two();
        let mut bytes = std::fs::read(&made.path).unwrap();
        change(&mut bytes);
        std::fs::write(&made.path, bytes).unwrap();
        made
    };
    // One name twice in the list, and another name in the list than at the member.
    for name in [b"a.py", b"c.py"] {
        let said = refused(&change(&|bytes| {
            let list = find(bytes, b"PK\x01\x02");
            let second = list + 4 + find(&bytes[list + 4..], b"PK\x01\x02");
            bytes[second + 46..second + 50].copy_from_slice(name);
        }));
        assert!(said.starts_with("`a-1.whl` is not an archive that can be read: "), "{said}");
    }
    // A size that is smaller than what is unpacked.
    let large = vec![b'x'; 1000];
    let made = with(&[("a", &large)]);
    let mut bytes = std::fs::read(&made.path).unwrap();
    let list = find(&bytes, b"PK\x01\x02");
    for place in [22, list + 24] {
        bytes[place..place + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    std::fs::write(&made.path, bytes).unwrap();
    let mut zip = Zip::open_within(&made.path, "a-1.whl", &LIMITS).unwrap();
    let mut member = zip.member(0).unwrap();
    assert!(member.contents.read_to_end(&mut Vec::new()).is_err(), "more was unpacked than its header says");
}

fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|window| window == what).unwrap()
}

#[test]
fn a_stream_that_unpacks_for_ever_ends_and_so_does_one_nobody_waits_for() {
    let cancel = Cancel::default();
    let mut counted = Counted::new(io::repeat(0), "a-1.tar.gz", 1 << 10, &LIMITS, &cancel);
    let error = io::copy(&mut counted, &mut io::sink()).unwrap_err().to_string();
    assert_eq!(error, "`a-1.tar.gz`, which has 1 MiB, unpacks to over 3 MiB, more than Packwright takes: 3 MiB of it");
    cancel.cancel();
    let error = counted.read(&mut [0]).unwrap_err().to_string();
    assert_eq!(error, "reading `a-1.tar.gz` was cancelled");
}
