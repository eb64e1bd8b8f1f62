//! What may be wrong with an artifact although every tool succeeds: files left out, risks found in the code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Request;
use crate::embedded::data;
use crate::facts::{DataFile, Fate, RiskKind, Source};
use crate::plan::{Look, Plan, StepId};

/// How data files get into the wheel, by the name of the build backend's module.
static REMEDIES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| data!("backend/package_data.toml"));

/// Expects every data file of the packages in the project's wheel.
pub(super) fn expect_data_in_wheel(request: &Request, wheel: &StepId, plan: &mut Plan) {
    plan.look(request.project.data_files.iter().map(|file| {
        let otherwise = format!("`{}` is not in the wheel. {}", file.path, remedy(request));
        Look::member(wheel, "*.whl", installed_path(request, file), otherwise)
    }));
}

/// Expects every data file of the packages in the source distribution.
pub(super) fn expect_data_in_sdist(request: &Request, sdist: &StepId, plan: &mut Plan) {
    plan.look(request.project.data_files.iter().map(|file| {
        let otherwise = format!("`{}` is not in the source distribution. {}", file.path, remedy(request));
        Look::member(sdist, "*.tar.gz", format!("*/{}", file.path), otherwise)
    }));
}

/// Expects what version control tracks although a pattern ignores it: build backends that obey the patterns drop it.
pub(super) fn expect_tracked_in_wheel(request: &Request, wheel: &StepId, plan: &mut Plan) {
    let project = &request.project;
    let tracked =
        project.selection.doubts.iter().filter(|doubt| doubt.fate == Fate::Tracked && doubt.path.ends_with(".py"));
    plan.look(tracked.filter_map(|doubt| {
        let package = project.packages.iter().find(|package| !package.namespace && is_below(&doubt.path, &package.path))?;
        let file = DataFile { package: package.name.clone(), path: doubt.path.clone() };
        let otherwise = format!(
            "`{}` is not in the wheel: a pattern of `.gitignore` fits it, and the build backend obeys that although Git tracks the file. \
             Change the pattern, for example to `/lib/`",
            doubt.path
        );
        Some(Look::member(wheel, "*.whl", installed_path(request, &file), otherwise))
    }));
}

/// Warns of links in packages that lead to nothing that is part of the project.
pub(super) fn warn_of_lost_links(request: &Request, plan: &mut Plan) {
    let project = &request.project;
    for risk in project.risks.iter().filter(|risk| risk.kind == RiskKind::LinkOutside) {
        let Source::File { path, .. } = &risk.source else { continue };
        if project.packages.iter().any(|package| is_below(path, &package.path)) {
            plan.warn(format!("`{path}` is not in the wheel: {}", risk.what));
        }
    }
}

/// Where a data file is once it is installed: its path below the folder that holds its package.
fn installed_path(request: &Request, file: &DataFile) -> String {
    let owner = |name: &str| request.project.packages.iter().find(|package| package.name == name);
    let mut package = file.package.as_str();
    loop {
        if let Some(found) = owner(package) {
            let below = file.path.strip_prefix(&found.path).unwrap_or(&file.path).trim_start_matches('/');
            return format!("{}/{below}", found.name.replace('.', "/"));
        }
        match package.rsplit_once('.') {
            Some((parent, _)) => package = parent,
            None => break,
        }
    }
    let source_dir = request.project.source_dir.trim_end_matches('/');
    file.path.strip_prefix(source_dir).unwrap_or(&file.path).trim_start_matches('/').into()
}

fn remedy(request: &Request) -> &'static str {
    let backend = request.project.build_system.as_ref().map_or("", |build| build.backend.as_str());
    let module = backend.split(['.', ':']).next().unwrap_or_default();
    REMEDIES.get(module).or_else(|| REMEDIES.get("any")).map_or("", String::as_str)
}

/// Warns of risks of these kinds, each with its place and what it means here.
pub(crate) fn warn_of(request: &Request, kinds: &[(RiskKind, &str)], plan: &mut Plan) {
    for risk in &request.project.risks {
        if let Some((_, meaning)) = kinds.iter().find(|(kind, _)| *kind == risk.kind) {
            plan.warn(format!("`{}` ({}): {meaning}", risk.what, risk.source));
        }
    }
}

/// What the program lacks wherever it is installed: imports that nothing declares.
pub(super) fn warn_of_undeclared(request: &Request, plan: &mut Plan) {
    let missing = "it is imported, and nothing declares it: where it is not there anyway, the program fails";
    warn_of(request, &[(RiskKind::UndeclaredImport, missing), (RiskKind::UnknownImport, missing)], plan);
}

/// What whoever installs a distribution does not get, because its metadata leaves it to an index that may not have it, or
/// does not name it.
pub(crate) fn warn_of_what_is_left_out(request: &Request, plan: &mut Plan) {
    warn_of(
        request,
        &[
            (
                RiskKind::LocalSource,
                "it comes from there, and a wheel only names it: whoever installs this gets what their index has of that name, or nothing",
            ),
            (
                RiskKind::UnlistedRequirement,
                "only this file asks for it; the metadata does not, so whoever installs this lacks it",
            ),
        ],
        plan,
    );
}

/// What every artifact that is made from the selection suffers from: files that the program opens and Git ignores, and what
/// lies in a package and no build takes.
pub(super) fn warn_of_ignored_files(request: &Request, plan: &mut Plan) {
    warn_of(
        request,
        &[(
            RiskKind::IgnoredFile,
            "the program opens it, but it is ignored and so not packed; track it, or create it when it is missing",
        )],
        plan,
    );
    let packages = &request.project.packages;
    let is_in_package = |path: &str| packages.iter().any(|package| is_below(path, &package.path));
    for risk in &request.project.risks {
        let is_left_out = matches!(risk.kind, RiskKind::LeftOut | RiskKind::LinkOutside);
        if let Source::File { path, .. } = &risk.source
            && is_left_out
            && is_in_package(path)
        {
            plan.warn(format!("{}, and what is there is not packed", risk.what));
        }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::{Doubt, DoubtKind, Risk};

    #[test]
    fn remedies_name_a_setting_of_each_build_backend() {
        for backend in ["setuptools", "hatchling", "poetry", "flit_core", "pdm", "uv_build", "any"] {
            assert!(REMEDIES.contains_key(backend), "{backend}");
        }
    }

    #[test]
    fn a_data_file_is_expected_where_it_is_installed() {
        let request = sample::weather();
        assert_eq!(installed_path(&request, &request.project.data_files[0]), "weather/data/cities.json");
        let request = sample::poetry_flat();
        assert_eq!(installed_path(&request, &request.project.data_files[0]), "unit_talk/units.toml");
    }

    #[test]
    fn a_tracked_module_that_a_pattern_ignores_is_expected_and_a_lost_link_is_told() {
        let mut request = sample::weather();
        let doubt = Doubt::left_out("src/weather/lib/words.py", DoubtKind::Ignored);
        request.project.selection.doubts.push(Doubt { fate: Fate::Tracked, ..doubt });
        let source = Source::File { path: "src/weather/ui".into(), line: None };
        let what = "the link `src/weather/ui` leads nowhere".into();
        request.project.risks.push(Risk { kind: RiskKind::LinkOutside, what, source });
        let mut plan = Plan::new("x");
        let wheel = StepId::of(&crate::plan::Action::Fetch { files: Vec::new() });
        expect_tracked_in_wheel(&request, &wheel, &mut plan);
        warn_of_lost_links(&request, &mut plan);
        let Look::Member { path, .. } = &plan.looks[0] else { panic!("{plan:?}") };
        assert_eq!(path, "weather/lib/words.py");
        assert_eq!(plan.warnings, ["`src/weather/ui` is not in the wheel: the link `src/weather/ui` leads nowhere"]);
    }

    #[test]
    fn a_missing_file_is_named_with_the_remedy_of_its_backend() {
        let mut request = sample::weather();
        request.project.build_system.as_mut().unwrap().backend = "setuptools.build_meta".into();
        let mut plan = Plan::new("x");
        expect_data_in_wheel(&request, &StepId::of(&crate::plan::Action::Fetch { files: Vec::new() }), &mut plan);
        let Look::Member { otherwise: sentence, .. } = &plan.looks[0] else { panic!("{plan:?}") };
        assert!(sentence.starts_with("`src/weather/data/cities.json` is not in the wheel. "), "{sentence}");
        assert!(sentence.contains("tool.setuptools.package-data"), "{sentence}");
    }

    #[test]
    fn what_no_build_takes_is_told_where_it_lies_in_a_package_and_nowhere_else() {
        let mut request = sample::weather();
        let risk = |kind, path: &str| Risk {
            kind,
            what: format!("the path `{path}` is not UTF-8"),
            source: Source::File { path: path.to_owned(), line: None },
        };
        request.project.risks = vec![
            risk(RiskKind::LeftOut, "src/weather/caf\u{fffd}.txt"),
            risk(RiskKind::LinkOutside, "result"),
            risk(RiskKind::LeftOut, "src/weather-old/pipe"),
            risk(RiskKind::HostilePath, "src/weather/-rf.txt"),
        ];
        let mut plan = Plan::new("x");
        warn_of_ignored_files(&request, &mut plan);
        assert_eq!(
            plan.warnings,
            ["the path `src/weather/caf\u{fffd}.txt` is not UTF-8, and what is there is not packed"]
        );
    }
}
