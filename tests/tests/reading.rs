//! Whatever the files of a project say, reading it ends soon, in little memory, and with a sentence.
//!
//! `tests/corpus` holds a few valid and broken files of every kind that is read; they are mutilated here, and replaced by
//! noise.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use packwright_core::inspect;
use packwright_tests::{Run, Workbench, repository, tree};
use proptest::prelude::*;

/// The longest that reading one small project may take, with code that is not optimised and on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What makes parsers recurse, multiply or run on.
const PIECES: [&str; 24] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "\\",
    "\n",
    "\n[",
    "=",
    "a.",
    "a = ",
    " and ",
    " or ",
    "lambda: ",
    "**/",
    "*",
    "%",
    "-r requirements.txt\n",
    "\u{feff}",
    "\u{0}",
    "é",
];

/// Every file of the corpus, with the name that it has in a project.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = repository().join("tests/corpus");
    let kinds = tree::children(&folder);
    let files = kinds.iter().flat_map(|kind| tree::children(kind).into_iter().map(|file| (tree::name(kind), file)));
    files.map(|(name, file)| (name, fs::read(file).expect("a file of the corpus"))).collect()
}

/// Reads a project of these files; a panic or an overflow fails the test by itself.
fn read(files: &[(String, Vec<u8>)]) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a file of the project");
    }
    let begin = Instant::now();
    for path in [folder.path().to_path_buf(), folder.path().join("tool.py")] {
        if let Err(error) = inspect::read(&path) {
            let text = error.to_string();
            assert!(!text.is_empty() && text.len() < 4_000, "{text}");
        }
    }
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
}

/// The most memory that this process ever had, in MiB, where the system tells.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok());
    peak.unwrap_or(0) >> 10
}

/// A file of the corpus with a part of it repeated, cut, overwritten, or with a piece put in many times.
fn mutilated() -> impl Strategy<Value = (String, Vec<u8>)> {
    let files = corpus();
    (
        0..files.len(),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        0..PIECES.len(),
        0..4_u8,
        1..3_000_usize,
    )
        .prop_map(move |(file, from, to, piece, how, times)| {
            let (name, mut bytes) = files[file].clone();
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let (from, to) = (from.min(to), from.max(to));
            match how {
                0 => drop(bytes.splice(from..to, [])),
                1 => {
                    let part = bytes[from..to].repeat(times.min(100));
                    bytes.splice(to..to, part);
                }
                2 => drop(bytes.splice(from..from, PIECES[piece].repeat(times).into_bytes())),
                _ => bytes[from..to].fill(PIECES[piece].as_bytes()[0]),
            }
            (name, bytes)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutilated_files_are_read_or_refused(files in prop::collection::vec(mutilated(), 1..4)) {
        read(&files);
        prop_assert!(memory() < 500, "{} MiB", memory());
    }

    #[test]
    fn noise_is_refused(kind in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let files = corpus();
        read(&[(files[kind.index(files.len())].0.clone(), bytes)]);
    }

    #[test]
    fn pieces_in_any_order_are_refused(
        kind in any::<prop::sample::Index>(),
        pieces in prop::collection::vec((0..PIECES.len(), 1..200_usize), 0..40),
    ) {
        let files = corpus();
        let text: String = pieces.into_iter().map(|(piece, times)| PIECES[piece].repeat(times)).collect();
        read(&[(files[kind.index(files.len())].0.clone(), text.into_bytes())]);
    }
}

#[test]
fn the_files_of_the_corpus_are_read_together() {
    for (name, bytes) in corpus() {
        read(&[(name, bytes)]);
    }
}

/// Code that nests or chains in every way that Python has.
#[test]
fn code_that_nests_deeply_is_read_or_passed_over() {
    let around =
        |open: &str, close: &str, depth: usize| format!("x = {}1{}\n", open.repeat(depth), close.repeat(depth));
    for depth in [1_000, 7_000, 100_000] {
        let shapes = [
            around("1+", "", depth),
            around("(", ")", depth),
            around("[", "]", depth),
            around("f(", ")", depth),
            around("{1:", "}", depth),
            around("not ", "", depth),
            around("-", "", depth),
            around("lambda: ", "", depth),
            around("1 if a else ", "", depth),
            around("1 < ", "", depth),
            around("a and b or ", "", depth),
            around("(y := ", ")", depth),
            around("[y for y in ", "]", depth),
            around("'a' ", "", depth),
            format!("x = a{}\n", ".b".repeat(depth)),
            format!("x = a{}\n", "[0]".repeat(depth)),
            format!("{}def f(): pass\n", "@a\n".repeat(depth)),
            format!("if a:\n pass\n{}", "elif b:\n pass\n".repeat(depth)),
            format!("type X = {}int{}\n", "list[".repeat(depth), "]".repeat(depth)),
            format!("match x:\n case {}a{}:\n  pass\n", "[".repeat(depth), "]".repeat(depth)),
            format!("x = []\n{}", "x = [x]\n".repeat(depth)),
            "x = x + x\n".repeat(depth.min(7_000)),
        ];
        for shape in shapes {
            let setup =
                format!("x = [1]\n{shape}from setuptools import setup\nsetup(name='a', version='1', keywords=x)\n");
            read(&[("setup.py".into(), setup.into_bytes()), ("tool.py".into(), shape.into_bytes())]);
        }
    }
    assert!(memory() < 500, "{} MiB", memory());
}

/// A project with one hostile requirement.
fn nested(bench: &Workbench, marker: &str) -> PathBuf {
    let text = format!("[project]\nname = 'a'\nversion = '1'\ndependencies = [\"six; {marker}\"]\n");
    bench.project("nested", &[("pyproject.toml", &text)])
}

#[test]
fn every_command_says_what_is_wrong_with_a_marker_that_overflowed_the_stack() {
    let bench = Workbench::new();
    let marker = format!("{}python_version > '3'{}", "(".repeat(5_000), ")".repeat(5_000));
    let header = format!("# /// script\n# dependencies = [\"six; {marker}\"]\n# ///\n");
    let requirement = format!("six; {marker}\n");
    let projects = [
        nested(&bench, &marker),
        bench.project("listed", &[("requirements.txt", &requirement), ("a.py", "")]),
        bench.project("single", &[("tool.py", &header)]).join("tool.py"),
    ];
    let commands: [&[&str]; 4] = [&["inspect"], &["advise"], &["plan", "wheel"], &["build", "wheel"]];
    for project in projects {
        for command in commands {
            let run = bench.packwright(command).arg(&project).run();
            assert_eq!(run.code, 3, "{command:?}\n{}", run.stderr);
            assert!(run.stderr.contains("128 parentheses") && !run.stderr.contains("overflow"), "{}", run.stderr);
        }
    }
    let growing: Vec<String> =
        (0..24).map(|pair| format!("('a{pair:02}' in os_name and 'b{pair:02}' in os_name)")).collect();
    let run = bench.packwright(["inspect"]).arg(nested(&bench, &growing.join(" or "))).run();
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("too many conditions"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn files_of_patterns_that_are_no_files_are_passed_over_and_named() {
    let make: [fn(&Path); 3] = [
        |root| std::os::unix::fs::symlink("/dev/zero", root.join(".gitignore")).unwrap(),
        |root| pipe(&root.join(".gitignore")),
        |root| {
            fs::create_dir_all(root.join(".git/info")).unwrap();
            pipe(&root.join(".git/info/exclude"));
        },
    ];
    for make in make {
        let bench = Workbench::new();
        let project = bench.project("a", &[("pyproject.toml", "[project]\nname = 'a'\nversion = '1'\n"), ("a.py", "")]);
        make(&project);
        let run: Run = bench.packwright(["inspect"]).arg(&project).limit(PATIENCE).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains(".gitignore") || run.stdout.contains("info/exclude"), "{}", run.stdout);
    }
}

#[cfg(unix)]
fn pipe(path: &Path) {
    rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RWXU).unwrap();
}

#[test]
fn a_list_of_attempts_that_is_never_over_is_refused_before_the_first() {
    let bench = Workbench::new();
    let settings = format!("[try]\nby = 'arguments'\nattempts = [{}]\n", "['--x'],".repeat(3_000));
    let project = bench
        .project("a", &[("pyproject.toml", "[project]\nname = 'a'\nversion = '1'\n"), ("packwright.toml", &settings)]);
    let run = bench.packwright(["build", "wheel"]).arg(project).run();
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("is 3000, and up to 10 is"), "{}", run.stderr);
}
