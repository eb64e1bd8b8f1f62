use std::cmp::Ordering;
use std::process::Command;

use super::super::BACKEND;
use super::*;
use crate::backend::{Backend, sample};

fn debian(text: &str) -> String {
    DebianVersion::parse(text, "1".into()).unwrap().full()
}

/// Versions of every form: of each release its phases, of each phase what comes before and behind it.
fn versions() -> Vec<String> {
    let mut all = Vec::new();
    for release in ["0", "1.0", "1.0.1", "1.1", "1.9", "1.10", "2!0.1", "10!0.1"] {
        for phase in ["", "a1", "a2", "a10", "b1", "rc1", "rc2"] {
            for post in ["", ".post0", ".post1", ".post10"] {
                for dev in ["", ".dev0", ".dev1", ".dev9", ".dev10"] {
                    for local in ["", "+zeta.1", "+zeta.2"] {
                        all.push(format!("{release}{phase}{post}{dev}{local}"));
                    }
                }
            }
        }
    }
    all.sort_by_key(|text| pep::version(text).unwrap());
    all
}

/// How dpkg compares two upstream versions or revisions: deb-version(7).
fn compared(one: &str, two: &str) -> Ordering {
    let weight = |c: Option<u8>| match c {
        Some(b'~') => -1,
        None | Some(b'0'..=b'9') => 0,
        Some(c) if c.is_ascii_alphabetic() => i32::from(c),
        Some(c) => i32::from(c) + 256,
    };
    let (mut one, mut two) = (one.as_bytes(), two.as_bytes());
    while !one.is_empty() || !two.is_empty() {
        let is_text = |rest: &[u8]| rest.first().is_some_and(|c| !c.is_ascii_digit());
        while is_text(one) || is_text(two) {
            match weight(one.first().copied()).cmp(&weight(two.first().copied())) {
                Ordering::Equal => (one, two) = (&one[1..], &two[1..]),
                other => return other,
            }
        }
        let number = |rest: &mut &[u8]| {
            let (digits, tail) = rest.split_at(rest.iter().take_while(|c| c.is_ascii_digit()).count());
            *rest = tail;
            std::str::from_utf8(digits).unwrap().parse::<u64>().unwrap_or_default()
        };
        match number(&mut one).cmp(&number(&mut two)) {
            Ordering::Equal => {}
            other => return other,
        }
    }
    Ordering::Equal
}

/// Epoch, upstream version and revision of each, in this order.
fn compared_whole(one: &DebianVersion, two: &DebianVersion) -> Ordering {
    let upstream = || compared(&one.upstream, &two.upstream);
    one.epoch.cmp(&two.epoch).then_with(upstream).then_with(|| compared(&one.revision, &two.revision))
}

#[test]
fn every_form_has_the_place_that_pep_440_gives_it() {
    let parsed: Vec<_> = versions()
        .into_iter()
        .map(|text| (pep::version(&text).unwrap(), DebianVersion::parse(&text, "1".into()).unwrap()))
        .collect();
    for (at, (version, debian)) in parsed.iter().enumerate() {
        // All pairs of those that are near, and some that are far.
        for (other, theirs) in parsed.iter().skip(at + 1).take(150).chain(parsed.iter().skip(at + 1).step_by(97)) {
            assert_eq!(
                compared_whole(debian, theirs),
                version.cmp(other),
                "{version} -> {}, {other} -> {}",
                debian.full(),
                theirs.full()
            );
        }
    }
}

/// Neighbours in their order are enough: what is before the next of each is before all that follow.
#[test]
fn dpkg_itself_puts_them_into_this_order() {
    if Command::new("dpkg").arg("--version").output().is_err() {
        // Only systems like Debian have it; that its rules are written down rightly above is seen there.
        return;
    }
    let list: Vec<String> = versions().into_iter().step_by(17).collect();
    for pair in list.windows(2) {
        let (one, two) = (debian(&pair[0]), debian(&pair[1]));
        let status = Command::new("dpkg").args(["--compare-versions", &one, "lt", &two]).status().unwrap();
        assert!(status.success(), "{} -> {one} is not before {} -> {two}", pair[0], pair[1]);
    }
}

#[test]
fn the_usual_forms_read_well() {
    for (ours, theirs) in [
        ("1.2.0", "1.2.0-1"),
        ("1.0rc1", "1.0~rc1-1"),
        ("V1.0-ALPHA.2", "1.0~a2-1"),
        ("1.0.dev3", "1.0~~dev3-1"),
        ("1.0a1.dev3", "1.0~a1~dev3-1"),
        ("1.0.post1", "1.0+post1-1"),
        ("1.0-1", "1.0+post1-1"),
        ("1.0.post1.dev2", "1.0+post1~dev2-1"),
        ("1!2.0", "1:2.0-1"),
        ("1.0+ABC_1", "1.0+local.abc.1-1"),
        ("1.2.1.dev3+g1a2b3c.d20240101", "1.2.1~~dev3+g1a2b3c.d20240101-1"),
    ] {
        assert_eq!(debian(ours), theirs, "{ours}");
    }
    assert_eq!(DebianVersion::parse("1!2.0", "1".into()).unwrap().in_file_names(), "2.0-1");
}

#[test]
fn the_next_build_of_a_version_is_behind_it_and_before_the_next_version() {
    for revision in ["1", "9", "1~bpo12+1", "0ubuntu1"] {
        let version = DebianVersion::parse("1.0", revision.into()).unwrap();
        assert_eq!(compared_whole(&version, &version.next()), Ordering::Less, "{revision}");
        let later = DebianVersion::parse("1.0.post1", revision.into()).unwrap();
        assert_eq!(compared_whole(&version.next(), &later), Ordering::Less, "{revision}");
    }
}

#[test]
fn what_is_no_version_or_too_late_an_epoch_is_refused_by_name() {
    for text in ["next", "v1.0-final", "2147483648!1"] {
        let said = DebianVersion::parse(text, "1".into()).unwrap_err().to_string();
        assert!(said.starts_with(&format!("the version `{text}` cannot be one of Debian: ")), "{said}");
    }
}

#[test]
fn options_say_version_and_revision_and_a_project_may_have_none() {
    let of = |chosen: &[(&str, &str)]| {
        let request = sample::with_options(sample::one_file(), BACKEND.entry(), chosen);
        DebianVersion::of(&request).map_err(|error| error.to_string())
    };
    assert_eq!(of(&[]), Ok(None));
    assert_eq!(of(&[("version", "2.0rc1"), ("revision", "3")]).unwrap().unwrap().full(), "2.0~rc1-3");
    for revision in ["", "1-2", "1:2", "a b", "../x"] {
        let said = of(&[("version", "1"), ("revision", revision)]).unwrap_err();
        assert_eq!(said, format!("`{revision}` cannot be the revision of a package"));
    }
}
