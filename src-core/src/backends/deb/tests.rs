use super::*;
use crate::backend::sample;
use crate::facts::{Arch, EntryKind, EntryPoint, PythonVersion, Risk, RiskKind, Source, Trial};
use crate::plan::{Act, Action, Item, Mode, Outcome, Pick, Piece, What};

fn plan(request: Request, chosen: &[(&str, &str)]) -> Result<Plan, PlanError> {
    BACKEND.plan(&sample::with_options(request, BACKEND.entry(), chosen))
}

fn refused(request: Request, chosen: &[(&str, &str)]) -> String {
    plan(request, chosen).unwrap_err().to_string()
}

/// What is laid out before it is packed.
fn items(plan: &Plan) -> &[Item] {
    let laid = plan.steps.iter().find(|step| step.title == "Lay the package out").unwrap();
    let Action::Lay { items } = &laid.action else { panic!("{laid:?}") };
    items
}

fn text<'a>(plan: &'a Plan, path: &str) -> &'a str {
    let item = items(plan).iter().find(|item| item.at == path).unwrap_or_else(|| panic!("no {path}"));
    match &item.what {
        What::Text(word) => match word.piece() {
            Some(Piece::Text(text)) => text,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Where a command leads.
fn link(plan: &Plan, command: &str) -> Option<String> {
    let at = format!("package/usr/bin/{command}");
    let item = items(plan).iter().find(|item| item.at == at)?;
    if let What::Link(to) = &item.what { Some(to.clone()) } else { None }
}

fn has(plan: &Plan, path: &str) -> bool {
    items(plan).iter().any(|item| item.at == path)
}

fn service(mut request: Request) -> Request {
    let arguments = vec!["--port".into(), "80".into(), "100% $HOME".into()];
    request.project.trial.value = Trial::Http { port: 80, path: "/".into(), deadline: 5, arguments };
    request
}

fn windows(mut request: Request) -> Request {
    request.entries[0].kind = EntryKind::Gui;
    request.project.trial.value = Trial::Window { deadline: 5 };
    request.project.selection.files = vec!["art/a.png".into(), "art/a.svg".into(), "art/a.ico".into()];
    request
}

#[test]
fn a_pure_program_is_a_virtual_environment_for_every_processor() {
    let plan = plan(sample::weather(), &[]).unwrap();
    let Product::Place { pick, name: None, .. } = &plan.products[0] else { panic!("{plan:?}") };
    assert_eq!(*pick, Pick::Path("weather-cli_1.2.0-1_all.deb".into()));
    let script = text(&plan, "package/usr/lib/weather-cli/bin/weather");
    assert_eq!(
        script,
        "#!/usr/lib/weather-cli/bin/python3\nimport sys\nfrom weather.cli import main\nsys.exit(main())\n"
    );
    let link = items(&plan).iter().find(|item| item.at == "package/usr/bin/weather").unwrap();
    assert_eq!(link.what, What::Link("../lib/weather-cli/bin/weather".into()));
    assert_eq!(text(&plan, "papers/depends.txt"), "python3 (>= 3.11~)\npython3 (<< 3.12)\n");
    let control = text(&plan, "package/DEBIAN/control");
    assert!(control.contains("\nArchitecture: all\n") && control.contains("\nVersion: 1.2.0-1\n"), "{control}");
    assert!(!has(&plan, "papers/needs.txt"));
}

#[test]
fn native_wheels_are_for_one_processor_and_what_they_need_is_looked_at() {
    let plan = plan(sample::numpy_report(), &[]).unwrap();
    assert_eq!(plan.products[0].pick(), Some(&Pick::Path("numpy-report_0.4.0-1_amd64.deb".into())));
    assert!(has(&plan, "papers/needs.txt") && text(&plan, "papers/libraries.txt").contains("libz.so.1 zlib1g"));
    assert!(plan.proofs[0].room.on.is_some());
}

#[test]
fn another_python_of_the_system_means_a_frozen_folder() {
    let mut request = sample::weather();
    request.project.requires_python.as_mut().unwrap().value = ">=3.12".into();
    let frozen = plan(request.clone(), &[]).unwrap();
    assert_eq!(frozen.products[0].pick(), Some(&Pick::Path("weather-cli_1.2.0-1_amd64.deb".into())));
    assert!(has(&frozen, "package/usr/lib/weather-cli") && !has(&frozen, "package/DEBIAN/postinst"));
    let said = refused(request, &[("payload", "venv")]);
    assert_eq!(
        said,
        "`weather-cli` cannot use the Python of Debian 12: it needs Python >=3.12, and that one is 3.11.2"
    );
}

#[test]
fn a_virtual_environment_is_for_debians_python_whichever_builds() {
    let mut request = sample::weather();
    request.environment.python = PythonVersion { major: 3, minor: 13 };
    let needs = plan(request.clone(), &[]);
    assert!(needs.is_ok(), "the lock of Python 3.11 is there: {needs:?}");
    request.resolved.locks.clear();
    let Err(PlanError::Needs(crate::backend::Need::Lock(of))) = plan(request.clone(), &[]) else { panic!() };
    assert_eq!(of.python, PythonVersion { major: 3, minor: 11 });
    let source = Source::line("setup.py", 4);
    request.project.risks.push(Risk { kind: RiskKind::NativeCode, what: "weather._fast".into(), source });
    let said = refused(request, &[("payload", "venv")]);
    assert!(said.contains("compiled for Python 3.13, and that one is 3.11"), "{said}");
}

#[test]
fn it_is_installed_run_upgraded_run_removed_and_looked_for() {
    let plan = plan(sample::weather(), &[("revision", "7")]).unwrap();
    let proof = &plan.proofs[0];
    assert_eq!((proof.success, proof.room.to_string()), (Outcome::InstalledAndRan, "Debian 12, no network".into()));
    let titles: Vec<String> = proof.acts.iter().map(Act::title).collect();
    let expected = ["Install it", "Start it", "Upgrade it", "Start it", "Remove it", "Look for what is left behind"];
    assert_eq!(titles, expected);
    let later = format!("{:?}", proof.furnish);
    assert!(later.contains("weather-cli_1.2.0-7.1_all.deb") && later.contains("--include=python3"), "{later}");
    assert_eq!(plan.proofs[1].success, Outcome::Linted);
}

#[test]
fn a_service_has_a_unit_with_settings_and_leaves_nothing() {
    let plan = plan(service(sample::weather()), &[]).unwrap();
    let unit = text(&plan, "package/usr/lib/systemd/system/weather-cli.service");
    assert!(unit.contains("\nExecStart=/usr/bin/weather \"--port\" \"80\" \"100%% $$HOME\"\n"), "{unit}");
    assert!(unit.contains("\nDynamicUser=yes\n") && unit.contains("=CAP_NET_BIND_SERVICE\n"), "{unit}");
    assert_eq!(text(&plan, "package/DEBIAN/conffiles"), "/etc/default/weather-cli\n");
    assert!(text(&plan, "package/etc/default/weather-cli").ends_with("\nPORT=80\n"));
    for (script, words) in [("postinst", "was-enabled"), ("prerm", "invoke stop"), ("postrm", "helper purge")] {
        let path = format!("package/DEBIAN/{script}");
        let item = items(&plan).iter().find(|item| item.at == path).unwrap();
        assert_eq!(item.mode, Some(Mode::PROGRAM));
        let text = text(&plan, &path);
        assert!(text.starts_with("#!/bin/sh\nset -e\n") && text.contains(words), "{text}");
    }
    let other = super::tests::plan(service(sample::weather()), &[("service", "no")]).unwrap();
    assert!(!has(&other, "package/DEBIAN/conffiles"));
}

#[test]
fn windows_have_a_place_in_menus_and_a_picture() {
    let none = plan(windows(sample::weather()), &[]).unwrap();
    let entry = text(&none, "package/usr/share/applications/weather-cli.desktop");
    assert!(entry.contains("\nExec=weather\n") && !entry.contains("Icon="), "{entry}");
    let png = plan(windows(sample::weather()), &[("icon", "art/a.png")]).unwrap();
    assert!(has(&png, "package/usr/share/pixmaps/weather-cli.png"));
    assert!(text(&png, "package/usr/share/applications/weather-cli.desktop").contains("\nIcon=weather-cli\n"));
    let svg = plan(windows(sample::weather()), &[("icon", "art/a.svg")]).unwrap();
    assert!(has(&svg, "package/usr/share/icons/hicolor/scalable/apps/weather-cli.svg"));
    let said = refused(windows(sample::weather()), &[("icon", "art/b.png")]);
    assert_eq!(said, "`art/b.png` (option `icon`) is no file or folder of the project");
    let said = refused(windows(sample::weather()), &[("icon", "art/a.ico")]);
    assert_eq!(said, "the icon `art/a.ico` is in a form that no desktop of Linux shows");
}

#[test]
fn hostile_metadata_adds_no_field_no_request_and_no_line() {
    let mut request = service(sample::weather());
    let metadata = &mut request.project.metadata;
    metadata.summary = Some("\n.so /etc/passwd\nDepends: evil\n\n[Service]\nUser=root\u{1b}[2J".into());
    metadata.people = vec!["Eve\nPre-Depends: evil <eve@example.org>".into()];
    metadata.licence = Some("MIT\nFiles: x".into());
    metadata.urls = [("Homepage".to_owned(), "https://x.test/a b\nX: y".to_owned())].into();
    request.project.name = "Weather\u{202e}\nX: y".into();
    let plan = plan(request, &[("package", "weather-cli")]).unwrap();
    let control = text(&plan, "package/DEBIAN/control");
    let fields: Vec<&str> = control.lines().filter(|line| !line.starts_with(' ')).collect();
    let names: Vec<&str> = fields.iter().filter_map(|line| line.split_once(": ").map(|(name, _)| name)).collect();
    assert_eq!(names, ["Package", "Version", "Section", "Priority", "Architecture", "Maintainer", "Description"]);
    let unit = text(&plan, "package/usr/lib/systemd/system/weather-cli.service");
    assert!(!unit.lines().any(|line| line.starts_with("User=")), "{unit}");
    let manual = text(&plan, "package/usr/share/man/man1/weather.1");
    assert!(!manual.lines().any(|line| line.starts_with(".so")), "{manual}");
    let copyright = text(&plan, "package/usr/share/doc/weather-cli/copyright");
    assert_eq!(copyright.matches("\nFiles: ").count(), 1, "{copyright}");
    let changelog = text(&plan, "package/usr/share/doc/weather-cli/changelog.Debian");
    assert!(!changelog.contains('\u{202e}') && changelog.lines().count() == 5, "{changelog}");
}

#[test]
fn a_long_summary_is_cut_for_the_synopsis_and_stands_whole_below() {
    let mut request = sample::weather();
    request.project.metadata.summary = Some(format!("{} end.", "seventy ".repeat(12).trim()));
    let plan = plan(request, &[]).unwrap();
    let control = text(&plan, "package/DEBIAN/control");
    assert!(control.lines().all(|line| line.chars().count() <= 80 + "Description: ".len()), "{control}");
    assert!(control.contains("\n In the words of its authors: seventy"), "{control}");
}

#[test]
fn only_what_can_be_typed_becomes_a_command() {
    let mut request = sample::weather();
    let entry = |name: &str, kind| EntryPoint { name: name.into(), kind, ..request.entries[0].clone() };
    let more = [
        entry("weather-admin", EntryKind::Console),
        entry("two words", EntryKind::Console),
        entry("weather", EntryKind::Module),
    ];
    request.entries.extend(more);
    let made = plan(request.clone(), &[]).unwrap();
    assert!(has(&made, "package/usr/bin/weather-admin") && has(&made, "package/usr/share/man/man1/weather-admin.1"));
    assert!(made.warnings.iter().any(|text| text.starts_with("the script `two words` is not in the package")));
    let frozen = plan(request, &[("payload", "frozen")]).unwrap();
    let program = Some("../lib/weather-cli/weather".to_owned());
    assert_eq!((link(&frozen, "weather"), link(&frozen, "weather-admin")), (program.clone(), program));
    let mut laid = frozen
        .steps
        .iter()
        .filter_map(|step| if let Action::Lay { items } = &step.action { Some(items) } else { None });
    let launcher = format!("{:?}", laid.find(|items| items[0].at == "_packwright_start.py").unwrap());
    assert!(launcher.contains(r#"called == \"weather-admin\""#), "{launcher}");
    let said = refused(sample::library(), &[]);
    assert_eq!(said, "`shapes` has no entry point, so there is nothing to start");
}

#[test]
fn a_project_without_version_and_people_says_so() {
    let plan = plan(sample::one_file(), &[]).unwrap();
    assert_eq!(plan.products[0].pick(), Some(&Pick::Path("tally_0-1_all.deb".into())));
    assert_eq!(plan.warnings.len(), 2, "{:?}", plan.warnings);
}

#[test]
fn further_dependencies_are_names_of_packages() {
    let chosen = [("depends", "ca-certificates, libfoo1 (>= 1.2~rc1), a1 | b2")];
    let made = plan(sample::weather(), &chosen).unwrap();
    let depends = text(&made, "papers/depends.txt");
    assert!(depends.ends_with("ca-certificates\nlibfoo1 (>= 1.2~rc1)\na1 | b2\n"), "{depends}");
    assert!(format!("{:?}", made.proofs[0].furnish).contains("--include=a1,ca-certificates,libfoo1,python3"));
    for odd in ["A", "x", "foo >= 1", "foo (>= 1", "foo\tbar", "--option"] {
        assert_eq!(
            refused(sample::weather(), &[("depends", odd)]),
            format!("`{odd}` (option `depends`) names no package")
        );
    }
}

#[test]
fn another_processor_gets_pure_code_and_no_native_code_without_its_wheels() {
    let mut request = sample::weather();
    request.environment.platform.arch = Arch::Arm64;
    let lock = request.resolved.locks.values().next().unwrap().clone();
    request.resolved.locks.insert(request.environment, lock);
    assert!(plan(request.clone(), &[]).is_ok());
    let said = refused(request, &[("payload", "frozen")]);
    assert!(said.starts_with("PyInstaller freezes for the system it runs on"), "{said}");
}
