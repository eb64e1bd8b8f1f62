//! Logins and certificates for indexes: every way that pip and uv know works, and nothing shows a login.

use std::path::{Path, PathBuf};

use packwright_tests::package::Recipe;
use packwright_tests::{Authority, Index, Invocation, Workbench, tree};

use crate::{expect_words, problem};

/// `me:s3cr3tw0rd` as HTTP sends it.
const AUTHORIZATION: &str = "Basic bWU6czNjcjN0dzByZA==";
const SECRET: &str = "s3cr3tw0rd";

fn script(bench: &Workbench, requirement: &str) -> PathBuf {
    let text = format!(
        "# /// script\n# requires-python = \">=3.9\"\n# dependencies = [\"{requirement}\"]\n# ///\nprint('hello')\n"
    );
    bench.project("tool", &[("tool.py", &text)]).join("tool.py")
}

fn build(bench: &Workbench, path: &Path) -> Invocation {
    let run = bench.packwright(["build", "zipapp", "--json", "--trust", "--no-cache", "--out"]);
    let run = run.arg(bench.path().join("out")).arg(path);
    ["PIP_INDEX_URL", "UV_INDEX", "UV_DEFAULT_INDEX", "PIP_CONFIG_FILE"].into_iter().fold(run, Invocation::without)
}

#[test]
fn a_login_by_the_name_of_an_index_counts_when_resolving_and_when_fetching() {
    let index = Index::serve_to(AUTHORIZATION, [Recipe::new("private-thing", "1.0").wheel()]);
    for (variable, name) in [("UV_DEFAULT_INDEX", "PRIV"), ("UV_INDEX", "PRIV_B")] {
        let bench = Workbench::new().with_own_cache();
        let value = format!("{}={}", name.to_lowercase().replace('_', "-"), index.url());
        let run = build(&bench, &script(&bench, "private-thing"))
            .env(variable, value)
            .env(&format!("UV_INDEX_{name}_USERNAME"), "me")
            .env(&format!("UV_INDEX_{name}_PASSWORD"), SECRET);
        let run = run.run().expect_code(0);
        assert!(!run.stdout.contains(SECRET), "{variable}\n{run}");
    }
}

#[test]
fn an_authority_that_only_pip_was_told_of_is_trusted() {
    let bench = Workbench::new();
    let authority = Authority::new(bench.path());
    let index = Index::serve_certified([Recipe::new("certified-thing", "1.0").wheel()], &authority);
    let path = script(&bench, "certified-thing");
    let told = |section: &str| {
        let file = bench.path().join("pip.conf");
        let certificate = authority.certificate().display();
        std::fs::write(&file, format!("[{section}]\ncert = {certificate}\nindex-url = {}\n", index.url())).unwrap();
        let run = build(&bench, &path).without("PIP_CERT").without("REQUESTS_CA_BUNDLE").without("CURL_CA_BUNDLE");
        run.env("PIP_CONFIG_FILE", file)
    };
    for section in ["global", "install"] {
        let _ = told(section).run().expect_code(0);
        let _ = told(section).without("SSL_CERT_FILE").without("SSL_CERT_DIR").run().expect_code(0);
    }
    let by_variable =
        build(&bench, &path).env("UV_DEFAULT_INDEX", index.url()).env("PIP_CERT", authority.certificate());
    let _ = by_variable.run().expect_code(0);
    let missing = told("global").env("PIP_CERT", bench.path().join("gone.pem")).run().expect_code(3);
    expect_words(&problem(&missing), &["gone.pem", "which pip was told to trust"]);
}

#[test]
fn an_authority_in_the_folder_of_ssl_cert_dir_or_in_the_store_of_the_system_is_trusted() {
    let bench = Workbench::new();
    let authority = Authority::new(bench.path());
    let index = Index::serve_certified([Recipe::new("certified-thing", "1.0").wheel()], &authority);
    let path = script(&bench, "certified-thing");
    let folder = bench.path().join("authorities");
    tree::folder(&folder);
    let hash = std::process::Command::new("openssl")
        .args(["x509", "-noout", "-hash", "-in"])
        .arg(authority.certificate())
        .output();
    let nothing_told = |run: Invocation| {
        let names = ["SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];
        names.into_iter().fold(run, Invocation::without).env("UV_DEFAULT_INDEX", index.url())
    };
    // Folders of certificates name their files by a hash that `openssl` makes.
    if let Ok(hash) = hash {
        let name = format!("{}.0", String::from_utf8_lossy(&hash.stdout).trim());
        std::fs::copy(authority.certificate(), folder.join(name)).unwrap();
        let run = nothing_told(build(&bench, &path).without("PIP_CONFIG_FILE")).env("SSL_CERT_DIR", &folder);
        let _ = run.env("PIP_CONFIG_FILE", "/dev/null").run().expect_code(0);
    }
    let store = "/etc/ssl/certs/ca-certificates.crt";
    let own = authority.certificate().display().to_string();
    let view = ["--ro-bind", own.as_str(), store];
    if let Some(run) = bench.packwright_in_changed_view(&view).filter(|_| Path::new(store).is_file()) {
        let run = run.args(["build", "zipapp", "--json", "--no-verify", "--no-cache", "--out"]);
        let run = nothing_told(run.arg(bench.path().join("out")).arg(&path)).env("PIP_CONFIG_FILE", "/dev/null");
        let _ = run.run().expect_code(0);
    }
}

#[test]
fn an_address_that_is_none_is_told_without_its_login() {
    let bench = Workbench::new();
    let path = script(&bench, "six");
    let broken = [format!("http://me:{SECRET}@[bad/simple"), format!("http://me:{SECRET}@")];
    for address in &broken {
        let run = build(&bench, &path).env("UV_DEFAULT_INDEX", address).run().expect_code(1);
        assert!(!format!("{run}").contains(SECRET), "{run}");
    }
    for (file, variable, text) in [
        ("uv.toml", "UV_CONFIG_FILE", format!("[[index]\nurl = 'http://me:{SECRET}@a.test/'")),
        ("pip.conf", "PIP_CONFIG_FILE", format!("[global]\nindex-url {SECRET}\n")),
    ] {
        let file = bench.path().join(file);
        std::fs::write(&file, text).unwrap();
        let run = build(&bench, &path).env(variable, &file).run().expect_code(3);
        expect_words(&problem(&run), &["which says where packages come from, cannot be read"]);
        assert!(!format!("{run}").contains(SECRET), "{run}");
    }
}

/// Files with a login at every place where a project can have one.
fn planted() -> Vec<(&'static str, String)> {
    let at = |host: &str| format!("https://me:{SECRET}@{host}.test/simple");
    let pyproject = format!(
        "[build-system]\nrequires = [\"flit_core @ {}\"]\nbuild-backend = \"flit_core.buildapi\"\n\
         [project]\nname = \"app\"\nversion = \"1\"\ndescription = \"see {}\"\nauthors = [{{name = \"{}\"}}]\n\
         dependencies = [\"a @ {}/a.whl\", \"b @ git+{}\", \"c @ https://{SECRET}@c.test/c.whl\", \"d @ https://d.test/d.whl?token={SECRET}\"]\n\
         [project.optional-dependencies]\nx = [\"e @ {}\"]\n[project.urls]\nhome = \"{}\"\n[dependency-groups]\ng = [\"f @ {}\"]\n\
         [tool.uv]\nextra-index-url = [\"{}\"]\nfind-links = [\"//me:{SECRET}@l.test/x\"]\n\
         [tool.uv.sources]\ng = {{ git = \"{}\" }}\nh = {{ url = \"{}/h.whl\" }}\ni = {{ index = \"priv\" }}\n\
         [[tool.uv.index]]\nname = \"priv\"\nurl = \"{}\"\n\
         [[tool.poetry.source]]\nname = \"poetry\"\nurl = \"{}\"\n\
         [[tool.pdm.source]]\nname = \"{}\"\nurl = \"https://me:%73{SECRET}@pdm.test\"\n",
        at("build"),
        at("words"),
        at("author"),
        at("a"),
        at("b"),
        at("e"),
        at("home"),
        at("f"),
        at("extra"),
        at("g"),
        at("h"),
        at("priv"),
        at("poetry"),
        at("name")
    );
    vec![
        ("pyproject.toml", pyproject),
        ("uv.toml", format!("index-url = \"{}\"\n", at("toml"))),
        (
            "uv.lock",
            format!(
                "version = 1\n[[package]]\nname = \"j\"\nversion = \"1\"\nsource = {{ registry = \"{}\" }}\n",
                at("lock")
            ),
        ),
        ("app/__init__.py", format!("\"\"\"{}\"\"\"\n__version__ = \"1\"\n", at("doc"))),
        ("app/__main__.py", format!("print(\"{}\")\n", at("said"))),
    ]
}

#[test]
fn no_login_of_a_project_or_of_its_user_is_shown_or_kept() {
    let bench = Workbench::new().with_own_cache();
    let files = planted();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let path = bench.project("app", &files);
    let script = script(&bench, "private-thing");
    let index = Index::serve_to(AUTHORIZATION, [Recipe::new("private-thing", "1.0").wheel()]);
    let with_login = index.url().replace("http://", &format!("http://me:{SECRET}@"));
    let lists = bench.project(
        "lists",
        &[
            ("main.py", "print('hello')\n"),
            (
                "requirements.txt",
                &format!(
                    "six\n--index-url https://me:{SECRET}@list.test/simple\n-f https://x.test/?access_token={SECRET}\n"
                ),
            ),
        ],
    );
    let mut told = String::new();
    for (command, path) in [
        (&["inspect"][..], &path),
        (&["advise"], &path),
        (&["plan", "wheel"], &path),
        (&["plan", "zipapp"], &path),
        (&["build", "zipapp", "--trust"], &path),
        (&["inspect"], &lists),
        (&["plan", "zipapp"], &lists),
        (&["plan", "zipapp"], &script),
        (&["build", "zipapp", "--no-verify"], &script),
        (&["history"], &script),
    ] {
        for json in [false, true] {
            let mut run = bench.packwright(command);
            if command[0] != "history" {
                run = run.arg(path);
            }
            if command[0] == "build" {
                run = run.arg("--out").arg(bench.path().join("out"));
            }
            let run = if json { run.arg("--json") } else { run };
            let run = run.env("UV_DEFAULT_INDEX", &with_login).env("UV_INDEX_OTHER_PASSWORD", SECRET).run();
            told.push_str(&format!("{command:?} {}\n{run}\n", path.display()));
        }
    }
    let shown: Vec<&str> = told.lines().filter(|line| line.contains(SECRET)).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    assert!(told.contains("****@a.test") && told.contains("is built"), "{told}");
    let kept = [bench.home(), bench.path().join("out")].into_iter().flat_map(|folder| tree::files(&folder));
    let holding = |file: &PathBuf| {
        std::fs::read(file).is_ok_and(|bytes| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()))
    };
    let kept: Vec<PathBuf> = kept.filter(holding).collect();
    assert!(kept.is_empty(), "{kept:?}");
}
