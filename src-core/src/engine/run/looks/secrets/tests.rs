use std::fs::File;
use std::io::Write;

use super::*;
use zip::write::SimpleFileOptions;

const TOKEN: &str = concat!("ghp", "_q7Zt3kL9vX2mP8wR4sB6nJ5dF1hG0cYaq7Zt");

fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    let mut project = Project::empty(folder.path().to_path_buf());
    project.name = "Shop".into();
    for (file, text) in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        project.selection.files.push((*file).into());
    }
    (folder, project)
}

fn zipped(head: &[u8], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(head.to_vec()));
    for (path, bytes) in files {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn told(name: &str, bytes: &[u8], project: &Project) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    leaks(&[(name.to_owned(), path)], &[], project).iter().map(Leak::told).collect()
}

#[test]
fn a_token_and_a_credential_are_found_in_a_wheel_with_file_and_line() {
    let (_folder, project) = project(&[]);
    let code = format!("import x\nTOKEN = '{TOKEN}'\n");
    let wheel = zipped(
        b"",
        &[
            ("shop/bot.py", code.as_bytes()),
            ("shop/.env", b"A=1"),
            ("shop/tests/key.py", code.as_bytes()),
            ("shop/.env.example", b"A=1"),
        ],
    );
    assert_eq!(
        told("shop-1-py3-none-any.whl", &wheel, &project),
        ["`shop/.env`: a file for logins or keys", "`shop/bot.py`, line 2: a GitHub token"]
    );
}

#[test]
fn what_dependencies_hold_is_theirs() {
    let (_folder, project) = project(&[]);
    let record = b"other/keys.py,sha256=x,1\nother-1.dist-info/RECORD,,\n";
    let own = b"shop/keys.py,sha256=x,1\n";
    let files: [(&str, &[u8]); 4] = [
        ("other/keys.py", TOKEN.as_bytes()),
        ("other-1.dist-info/RECORD", record),
        ("shop/keys.py", TOKEN.as_bytes()),
        ("shop-1.dist-info/RECORD", own),
    ];
    let pyz = zipped(b"#!/usr/bin/env python3\n", &files);
    assert_eq!(told("shop.pyz", &pyz, &project), ["`shop/keys.py`, line 1: a GitHub token"]);
}

#[test]
fn wheels_in_a_pex_file_are_opened() {
    let (_folder, project) = project(&[]);
    let own = zipped(b"", &[("shop/keys.py", TOKEN.as_bytes())]);
    let other = zipped(b"", &[("other/keys.py", TOKEN.as_bytes())]);
    let pex =
        zipped(b"#!/bin/sh\n", &[(".deps/shop-1-py3-none-any.whl", &own), (".deps/other-1-py3-none-any.whl", &other)]);
    assert_eq!(told("shop.pex", &pex, &project), ["`shop/keys.py`, line 1: a GitHub token"]);
}

#[test]
fn source_distributions_are_read_to_their_end() {
    let (_folder, project) = project(&[]);
    let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gz);
    for (path, text) in [("shop-1/a.py", "x = 1\n"), ("shop-1/id_rsa", "anything"), ("shop-1/b.py", TOKEN)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    let found = told("shop-1.tar.gz", &bytes, &project);
    assert_eq!(found, ["`shop-1/b.py`, line 1: a GitHub token", "`shop-1/id_rsa`: a file for logins or keys"]);
}

#[test]
fn the_projects_own_secrets_are_found_in_a_program_that_has_no_files_any_more() {
    let (_folder, project) = project(&[("bot.py", &format!("\nTOKEN = '{TOKEN}'\n")), ("other.py", "x = 1\n")]);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(format!("bytecode {TOKEN} more").as_bytes()).unwrap();
    let program = [b"\x7fELF-a-program-x\x9c".as_slice(), &packed.finish().unwrap(), b"end"].concat();
    assert_eq!(told("bot", &program, &project), ["`bot.py`, line 2: a GitHub token"]);
    assert_eq!(told("bot", b"\x7fELF nothing", &project), [""; 0]);
}

#[test]
fn what_went_into_an_archive_that_nobody_opens_here_is_looked_at() {
    let (folder, project) = project(&[("bot.py", TOKEN)]);
    let deb = folder.path().join("shop.deb");
    File::create(&deb).unwrap().write_all(b"!<arch>\ndebian-binary").unwrap();
    let made_of = [("usr/lib/shop/bot.py".to_owned(), folder.path().join("bot.py"))];
    let found = leaks(&[("shop.deb".into(), deb)], &made_of, &project);
    assert_eq!(found.iter().map(Leak::told).collect::<Vec<_>>(), ["`usr/lib/shop/bot.py`, line 1: a GitHub token"]);
}

#[test]
fn what_is_no_archive_is_a_file_and_public_certificates_are_no_secrets() {
    let (_folder, project) = project(&[]);
    assert_eq!(told("tool.py", TOKEN.as_bytes(), &project), ["`tool.py`, line 1: a GitHub token"]);
    assert_eq!(
        told("cacert.pem", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", &project),
        [""; 0]
    );
    assert_eq!(told("broken.whl", b"PK\x03\x04 broken", &project), [""; 0]);
}
