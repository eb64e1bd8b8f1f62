//! Archives, outputs and logs of absurd sizes: read piece by piece, or refused before they cost anything.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use packwright_tests::{Workbench, tree};
use zip::write::SimpleFileOptions;

use crate::hostile_builds::hostile;
use crate::{build, expect_words, problem};

/// Writes a wheel of the distribution `bomb` with a member of this many MiB of zeros.
fn wheel_of_zeros(path: &Path, mib: usize) {
    let mut archive = zip::ZipWriter::new(BufWriter::new(File::create(path).unwrap()));
    for (name, text) in [
        ("bomb-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: bomb\nVersion: 1\n"),
        ("bomb-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        ("bomb-1.dist-info/RECORD", ""),
        ("bomb.py", "VALUE = 1\n"),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.start_file("zeros", SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    (0..mib).for_each(|_| archive.write_all(&zeros).unwrap());
    archive.finish().unwrap();
}

/// A project that needs that wheel.
fn needing(bench: &Workbench, wheel: &Path) -> PathBuf {
    let files = tree::console_project(&[]);
    let needs = format!("requires-python = \">=3.9\"\ndependencies = [\"bomb @ file://{}\"]", wheel.display());
    let definition = files[0].1.replace("requires-python = \">=3.9\"", &needs);
    bench.project("greet", &[files[1], ("pyproject.toml", &definition)])
}

/// The most memory that a process of this folder's cache had at one time, in MiB, of the program itself.
#[cfg(target_os = "linux")]
fn peak(bench: &Workbench, arguments: &[&str], more: &Path) -> u64 {
    let mut child = bench.packwright(arguments).arg(more).start();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0) / 1024);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[test]
fn a_wheel_that_unpacks_to_a_thousand_times_its_size_is_refused_with_the_way_to_raise_the_limit() {
    let bench = Workbench::new().with_own_cache();
    let wheel = bench.path().join("bomb-1-py3-none-any.whl");
    wheel_of_zeros(&wheel, 300);
    let root = needing(&bench, &wheel);
    let run = build(&bench, "zipapp", &root).expect_code(1);
    expect_words(
        &problem(&run),
        &["`bomb-1-py3-none-any.whl`", "unpacks to 301 MiB", "100 times", "PACKWRIGHT_LIMITS=2"],
    );
    let blobs = tree::files(&bench.cache().join("packwright/store/blobs"));
    let bytes: u64 = blobs.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(bytes < 50 << 20, "{bytes} bytes were kept");
    let raised = bench.packwright(["build", "zipapp", "--trust", "--no-verify"]).env("PACKWRIGHT_LIMITS", "20");
    let _ = raised.arg("--out").arg(bench.path().join("out")).arg(&root).run().expect_code(0);
}

#[test]
fn a_factor_for_the_limits_that_is_none_is_refused() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    for text in ["0", "many", "-1", "5000"] {
        let run = bench.packwright(["build", "wheel", "--trust"]).env("PACKWRIGHT_LIMITS", text).arg(&root).run();
        let _ = run.expect_code(2).says(&["`PACKWRIGHT_LIMITS`", &format!("`{text}`"), "1 to 1000"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_data_file_larger_than_the_memory_that_is_used_is_built_and_verified() {
    let bench = Workbench::new().with_own_cache();
    let files = tree::console_project(&[]);
    let module = ("greet/__init__.py", files[1].1);
    let root = bench.project("greet", &[files[0], module]);
    let out = bench.path().join("out");
    let building = ["build", "zipapp", "--trust", "--no-verify", "--out", out.to_str().unwrap()];
    // What the program itself takes differs from build to build; that nothing of 160 MiB is held does not.
    let small = peak(&bench, &building, &root);
    let mut data = BufWriter::new(File::create(root.join("greet/data.bin")).unwrap());
    for number in 0_u32..40 << 20 {
        data.write_all(&number.wrapping_mul(2_654_435_761).to_le_bytes()).unwrap();
    }
    data.flush().unwrap();
    drop(data);
    let most = peak(&bench, &building, &root);
    assert!(most < small + 16, "building took {most} MiB, and without it {small} MiB");
    let artifact = tree::files(&out).into_iter().find(|path| path.extension().is_some_and(|end| end == "pyz")).unwrap();
    fs::remove_dir_all(bench.cache().join("packwright/store")).unwrap();
    let most = peak(&bench, &["verify"], &artifact);
    assert!(most < small + 16, "verifying took {most} MiB, and without it {small} MiB");
}

#[test]
fn an_output_of_twenty_gigabytes_of_nothing_is_refused() {
    if !crate::hostile_builds::sandboxed() {
        return;
    }
    let bench = Workbench::new();
    let sparse = "import sys\nif 'bdist_wheel' in sys.argv:\n    open('/pw/out/huge', 'wb').truncate(20 << 30)\n";
    let run = build(&bench, "wheel", &hostile(&bench, sparse)).expect_code(1);
    expect_words(&problem(&run), &["it has 2048", "more than Packwright takes: 16384 MiB", "PACKWRIGHT_LIMITS=2"]);
}

#[test]
fn a_line_of_two_hundred_megabytes_leaves_a_log_with_its_beginning_and_its_end() {
    let bench = Workbench::new();
    let code = "import sys\nsys.stdout.write('the first word ' + 'x' * (200 << 20) + ' the last word\\n')\n\
                sys.stdout.flush()\nraise SystemExit('broken')\n";
    let run = build(&bench, "wheel", &hostile(&bench, code)).expect_code(1);
    let log = PathBuf::from(run.finished()["problems"][0]["log"].as_str().expect("a failed step has a log"));
    let text = fs::read(&log).unwrap();
    assert!(text.len() < 70 << 20, "{} bytes", text.len());
    let text = String::from_utf8_lossy(&text);
    expect_words(
        &text,
        &["the first word", "the log is full at 64 MiB", "are left out here", "the last word", "broken"],
    );
}
