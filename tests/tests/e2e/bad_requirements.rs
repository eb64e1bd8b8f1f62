//! Requirements that cannot be met, and indexes that cannot be reached.

use std::path::{Path, PathBuf};

use packwright_tests::package::Recipe;
use packwright_tests::{Authority, FAR, Index, Proxy, Run, Workbench, tree};

use crate::{expect_words, problem};

/// A script with a requirement: nothing has to be built, so only the requirement can go wrong.
fn script(bench: &Workbench, requirement: &str) -> PathBuf {
    let module = requirement.split(['>', '=', '<', ' ']).next().unwrap_or_default().replace('-', "_");
    let text = format!(
        "# /// script\n# requires-python = \">=3.9\"\n# dependencies = [\"{requirement}\"]\n# ///\n\
         import argparse\n\nimport {module}\n\nargparse.ArgumentParser(prog=\"tool\").parse_args()\n"
    );
    let root = bench.project("tool", &[("tool.py", &text)]);
    root.join("tool.py")
}

/// Builds a zipapp with this index only.
fn build_from(bench: &Workbench, index: &str, script: &PathBuf) -> Run {
    bench
        .packwright(["build", "zipapp"])
        .arg(script)
        .args(["--json", "--trust", "--no-cache", "--out"])
        .arg(bench.path().join("out"))
        .env("UV_DEFAULT_INDEX", index)
        .run()
}

#[test]
fn a_dependency_comes_from_the_index_that_the_user_configured() {
    let bench = Workbench::new();
    let index = Index::serve([Recipe::new("little-thing", "1.2").wheel()]);
    let _ = build_from(&bench, &index.url(), &script(&bench, "little-thing")).expect_code(0).artifact();
    assert!(index.asked().iter().any(|path| path.ends_with("little_thing-1.2-py3-none-any.whl")));
}

#[test]
fn a_dependency_that_does_not_exist_is_named() {
    let bench = Workbench::new();
    let index = Index::serve([]);
    let run = build_from(&bench, &index.url(), &script(&bench, "no-such-thing")).expect_code(1);
    expect_words(&problem(&run), &["no-such-thing"]);
}

#[test]
fn a_dependency_without_a_wheel_for_the_target_is_named() {
    let bench = Workbench::new();
    let index = Index::serve([Recipe::new("only-windows", "1.0").tagged_wheel("cp311-cp311-win_amd64")]);
    let run = build_from(&bench, &index.url(), &script(&bench, "only-windows")).expect_code(1);
    expect_words(&problem(&run), &["only-windows"]);
}

#[test]
fn requirements_that_contradict_each_other_are_shown() {
    let bench = Workbench::new();
    let packages = [Recipe::new("left", "1.0").requires("shared==1").wheel(), Recipe::new("shared", "2").wheel()];
    let run = build_from(&bench, &Index::serve(packages).url(), &script(&bench, "left")).expect_code(1);
    expect_words(&problem(&run), &["shared"]);
}

#[test]
fn a_file_that_is_not_what_the_index_promised_is_refused() {
    let bench = Workbench::new();
    let good = Recipe::new("swapped", "1.0").wheel();
    let bad = Recipe::new("swapped", "1.0").file("swapped_more.py", "EVIL = 1\n").wheel();
    let index = Index::serve([bad.under_hash_of(&good)]);
    let run = build_from(&bench, &index.url(), &script(&bench, "swapped"));
    assert_ne!(run.code, 0, "{run}");
    expect_words(&problem(&run), &["swapped"]);
}

#[test]
fn a_python_requirement_that_nothing_here_meets_is_said_with_what_is_here() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    let definition = root.join("pyproject.toml");
    std::fs::write(&definition, tree::read(&definition).replace(">=3.9", ">=3.99")).unwrap();
    let run = crate::build(&bench, "zipapp", &root).expect_code(4);
    expect_words(&problem(&run), &[">=3.99", "pyproject.toml"]);
}

#[test]
fn without_any_python_the_answer_says_so() {
    let bench = Workbench::new();
    let root = bench.project("greet", &tree::console_project(&[]));
    let hidden = ["--tmpfs", "/usr/bin", "--tmpfs", "/usr/local/bin"];
    let Some(run) = bench.packwright_in_changed_view(&hidden) else {
        eprintln!("not tried: without bubblewrap the Pythons of this machine cannot be hidden");
        return;
    };
    let run = run.args(["build", "zipapp", "--json", "--trust"]).arg(root).env("PATH", "/usr/bin").run();
    expect_words(&problem(&run.expect_code(4)), &["Python"]);
}

#[test]
fn without_a_network_the_answer_names_the_index_settings() {
    let bench = Workbench::new();
    let closed = Index::serve([]).url(); // dropped at once: nothing listens there any more
    let run = build_from(&bench, &closed, &script(&bench, "little-thing")).expect_code(1);
    expect_words(&problem(&run), &["network"]);
}

#[test]
fn offline_works_with_what_is_in_the_cache_and_says_what_is_not() {
    let bench = Workbench::new();
    let index = Index::serve([Recipe::new("kept-thing", "1.0").wheel()]);
    let path = script(&bench, "kept-thing");
    let offline = |path: &PathBuf| {
        let out = bench.path().join("out");
        let run = bench.packwright(["build", "zipapp", "--offline", "--json", "--trust", "--out"]).arg(out).arg(path);
        run.env("UV_DEFAULT_INDEX", index.url()).run()
    };
    let before = offline(&path);
    assert_ne!(before.code, 0, "{before}");
    expect_words(&problem(&before), &["kept-thing"]);
    let out = bench.path().join("out");
    let online = bench.packwright(["build", "zipapp", "--json", "--trust", "--out"]).arg(out).arg(&path);
    let _ = online.env("UV_DEFAULT_INDEX", index.url()).run().expect_code(0);
    let _ = offline(&path).expect_code(0);
}

#[test]
fn a_proxy_is_used_where_one_is_configured() {
    let bench = Workbench::new();
    let proxy = Index::serve([Recipe::new("far-thing", "1.0").wheel()]);
    let path = script(&bench, "far-thing");
    let run = bench
        .packwright(["build", "zipapp", "--json", "--trust", "--no-cache", "--out"])
        .arg(bench.path().join("out"))
        .arg(&path)
        .env("UV_DEFAULT_INDEX", "http://index.invalid/simple/")
        .env("HTTP_PROXY", proxy.origin())
        .env("http_proxy", proxy.origin())
        .without("NO_PROXY")
        .without("no_proxy")
        .run();
    let _ = run.expect_code(0);
    assert!(proxy.asked().iter().any(|path| path.contains("index.invalid")), "{:?}", proxy.asked());
}

#[test]
fn an_authority_of_ones_own_is_trusted_when_ssl_cert_file_names_it() {
    let bench = Workbench::new();
    let authority = Authority::new(bench.path());
    let index = Index::serve_certified([Recipe::new("certified-thing", "1.0").wheel()], &authority);
    let path = script(&bench, "certified-thing");
    let build = |certificates: Option<&Path>| {
        let run = bench.packwright(["build", "zipapp", "--json", "--trust", "--no-cache", "--out"]);
        let run = run.arg(bench.path().join("out")).arg(&path).env("UV_DEFAULT_INDEX", index.url());
        certificates.into_iter().fold(run.without("SSL_CERT_DIR"), |run, file| run.env("SSL_CERT_FILE", file)).run()
    };
    let strange = build(None).expect_code(1);
    expect_words(&problem(&strange), &["SSL_CERT_FILE"]);
    let _ = build(Some(authority.certificate())).expect_code(0);
}

#[test]
fn a_proxy_that_encrypts_with_its_own_certificate_is_trusted_only_when_its_authority_is() {
    let bench = Workbench::new();
    let authority = Authority::new(bench.path());
    let index = Index::serve([Recipe::new("far-away-thing", "1.0").wheel()]);
    let proxy = Proxy::listen(&authority, &index);
    let path = script(&bench, "far-away-thing");
    let build = |certificates: Option<&Path>| {
        let run = bench.packwright(["build", "zipapp", "--json", "--trust", "--no-cache", "--out"]);
        let run = run.arg(bench.path().join("out")).arg(&path);
        let run = run.env("UV_DEFAULT_INDEX", format!("https://{FAR}/simple/"));
        let run = run.env("HTTPS_PROXY", proxy.url()).env("https_proxy", proxy.url());
        let run = ["NO_PROXY", "no_proxy", "SSL_CERT_DIR"].into_iter().fold(run, packwright_tests::Invocation::without);
        certificates.into_iter().fold(run, |run, file| run.env("SSL_CERT_FILE", file)).run()
    };
    let strange = build(None).expect_code(1);
    expect_words(&problem(&strange), &["certificate", "SSL_CERT_FILE"]);
    assert!(proxy.connected().iter().any(|host| host == &format!("{FAR}:443")), "{:?}", proxy.connected());
    assert_eq!(index.asked(), Vec::<String>::new(), "nothing goes through to whoever is not trusted");
    let _ = build(Some(authority.certificate())).expect_code(0);
    let asked = index.asked();
    assert!(asked.iter().any(|path| path.ends_with("far_away_thing-1.0-py3-none-any.whl")), "{asked:?}");
}
