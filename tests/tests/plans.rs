//! What every backend plans for every example and fixture project, from recorded resolutions: no tool is needed.
//!
//! A new backend or a new project is covered without a new test; its snapshots appear beside the backend.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use packwright_core::backend::{
    Backend, Host, PlanError, Request, Resolution, application, project_sdist, project_wheel, wheelhouse,
};
use packwright_core::backends;
use packwright_core::catalogue::Options;
use packwright_core::facts::{Arch, Environment, Libc, Os, Platform, PythonVersion, Target};
use packwright_core::inspect;
use packwright_core::plan::{self, Plan};
use packwright_tests::{projects, repository, tree};

/// The Python that `scripts/record-resolutions` asks for.
const PYTHON: &str = "3.11.7";

fn environment() -> Environment {
    let platform = Platform { os: Os::Linux, arch: Arch::X86_64, libc: Some(Libc::Glibc) };
    Environment { python: PythonVersion::from_str("3.11").expect("a version"), platform }
}

fn recorded(project: &str) -> Resolution {
    let path = repository().join("tests/resolutions").join(format!("{project}.json"));
    assert!(path.is_file(), "`{project}` has no recorded resolution; run scripts/record-resolutions {project}");
    serde_json::from_str(&tree::read(&path)).expect("a recorded resolution is one that the core reads")
}

fn request(backend: &dyn Backend, name: &str, path: &Path) -> Request {
    let inspect::Inspection { project, facts, .. } = inspect::read(path).expect("every example can be inspected");
    let entry = backend.entry();
    let environment = environment();
    Request {
        host: Host { platform: environment.platform, pythons: vec![PYTHON.into()] },
        entries: project.entry_points.clone(),
        target: Target { platform: environment.platform, python: None },
        options: Options::settle(&entry.id, &entry.options, &facts, &BTreeMap::new()).expect("defaults are valid"),
        extras: Vec::new(),
        groups: Vec::new(),
        scm_version: None,
        python: PYTHON.into(),
        environment,
        resolved: recorded(name),
        project,
        facts,
    }
}

/// The steps of the recipes that backends share, as far as the project has them.
fn recipes(request: &Request) -> Plan {
    let mut plan = Plan::new("recipes");
    // Each adds what it can: a folder without a build configuration has a wheelhouse and no wheel.
    let _ = wheelhouse(request, request.environment, &mut plan);
    let _ = project_wheel(request, &mut plan);
    let _ = project_sdist(request, &mut plan);
    let _ = application(request, &mut plan);
    Plan { looks: Vec::new(), warnings: Vec::new(), ..plan }
}

/// A plan as JSON, with its steps numbered: an id says what a step is, a number says where it is used. Steps of shared
/// recipes are shown by their titles: what they do stands in one snapshot of the project.
fn shown(plan: &Plan, shared: &Plan) -> String {
    let mut value = serde_json::to_value(plan).expect("plans can be written");
    for (step, shown) in plan.steps.iter().zip(value["steps"].as_array_mut().into_iter().flatten()) {
        if shared.step(&step.id).is_some() {
            *shown = serde_json::json!({ "id": step.id, "shared": step.title });
        }
    }
    let text = serde_json::to_string_pretty(&value).expect("plans can be written");
    let numbered = plan.steps.iter().enumerate();
    numbered.fold(text, |text, (index, step)| text.replace(step.id.as_str(), &format!("step {}", index + 1)))
}

fn answer(backend: &dyn Backend, name: &str, path: &Path) -> String {
    let request = request(backend, name, path);
    match backend.planned(&request) {
        Ok(plan) => shown(&plan, &recipes(&request)),
        Err(PlanError::Unsuitable(problem)) => serde_json::to_string_pretty(&problem).expect("problems can be written"),
        Err(PlanError::Needs(need)) => {
            panic!("`{}` needs {need:?} for `{name}`, which is recorded", backend.entry().id)
        }
    }
}

#[test]
fn every_backend_plans_every_project() {
    for backend in backends::all() {
        let id = &backend.entry().id;
        let mut settings = insta::Settings::clone_current();
        let beside = repository().join("src-core/src/backends").join(id.replace('-', "_")).join("snapshots");
        settings.set_snapshot_path(beside);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        for (name, path) in projects() {
            settings.bind(|| insta::assert_snapshot!(name.clone(), answer(*backend, &name, &path)));
        }
    }
}

#[test]
fn every_recipe_that_backends_share_is_shown_once_for_every_project() {
    let any = backends::all().first().expect("there are backends");
    for (name, path) in projects() {
        let recipes = recipes(&request(*any, &name, &path));
        insta::assert_snapshot!(format!("recipes-{name}"), shown(&recipes, &Plan::new("none")));
    }
}

#[test]
fn every_plan_is_read_back_as_it_was_written_and_fits_the_published_schema() {
    let published = repository().join("docs/plan.schema.json");
    let schema = serde_json::to_string_pretty(&plan::schema()).expect("a schema can be written") + "\n";
    if std::env::var_os("INSTA_UPDATE").is_some_and(|how| how == "always") {
        std::fs::write(&published, &schema).expect("the folder of the documentation is there");
    }
    assert_eq!(tree::read(&published), schema, "`docs/plan.schema.json` is out of date: INSTA_UPDATE=always");
    for backend in backends::all() {
        for (name, path) in projects() {
            if let Ok(plan) = backend.plan(&request(*backend, &name, &path)) {
                let written = serde_json::to_string(&plan).expect("plans can be written");
                assert_eq!(plan::adopt(&written, None).expect("our own plan"), plan, "`{}`", backend.entry().id);
            }
        }
    }
}

#[test]
fn planning_twice_gives_the_same_plan() {
    for backend in backends::all() {
        for (name, path) in projects() {
            assert_eq!(
                answer(*backend, &name, &path),
                answer(*backend, &name, &path),
                "`{}`, `{name}`",
                backend.entry().id
            );
        }
    }
}

#[test]
fn a_plan_holds_no_path_of_this_machine() {
    let here = repository().display().to_string();
    for backend in backends::all() {
        for (name, path) in projects() {
            let plan = answer(*backend, &name, &path);
            assert!(!plan.contains(&here), "the plan of `{}` for `{name}` holds `{here}`", backend.entry().id);
        }
    }
}
