//! The technologies that can be built: one folder and one word each.

use crate::backend::Backend;

/// The catalogue entry beside the code of a backend, read once.
macro_rules! entry {
    ($folder:literal) => {
        fn entry(&self) -> &crate::catalogue::Entry {
            static ENTRY: std::sync::LazyLock<crate::catalogue::Entry> =
                std::sync::LazyLock::new(|| crate::embedded::data!("backends/", $folder, "/catalogue.toml"));
            &ENTRY
        }
    };
}

/// Declares the folders and the static list of backends, in gradient order: ties in the advice go to the first.
macro_rules! backends {
    ($($folder:ident),* $(,)?) => {
        $(mod $folder;)*

        /// Every backend.
        pub fn all() -> &'static [&'static dyn Backend] {
            static ALL: &[&dyn Backend] = &[$(&$folder::BACKEND),*];
            ALL
        }
    };
}

backends! { module, pep723_script, sdist, wheel, entry_point_tool, zipapp, pex, shiv, pyinstaller, deb }

/// The backend of a technology.
pub fn named(technology: &str) -> Option<&'static dyn Backend> {
    all().iter().copied().find(|backend| backend.entry().id == technology)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{PlanError, sample};
    use crate::catalogue::Is;
    use crate::facts::{Edit, Risk, RiskKind, Source};
    use crate::plan::StepId;

    #[test]
    fn a_symptom_changes_only_options_of_every_technology_that_can_show_it() {
        for backend in all() {
            let entry = backend.entry();
            let symptoms = entry.symptoms.iter().chain(entry.tools().flat_map(|tool| &tool.symptoms));
            for (option, value) in symptoms.filter_map(|symptom| symptom.set.as_ref()) {
                let spec = entry.options.iter().find(|spec| spec.id == *option);
                assert!(spec.is_some_and(|spec| spec.check(value).is_ok()), "`{}`: {option}={value}", entry.id);
            }
        }
    }

    #[test]
    fn every_default_and_preset_is_a_value_the_option_takes() {
        for backend in all() {
            for spec in &backend.entry().options {
                let presets = spec.presets.iter().map(|preset| preset.value.as_str());
                for value in presets.chain([spec.default.as_str()]) {
                    spec.check(value).unwrap();
                }
            }
        }
    }

    /// What every technology warns of, of a file that the program opens in this way.
    fn warned(kind: RiskKind, what: &str) -> Vec<(&'static str, Vec<String>)> {
        let mut request = sample::weather();
        let source = Source::line("src/weather/cli.py", 7);
        request.project.edits =
            vec![Edit { kind, source: source.clone(), before: "open(\"a\")".into(), after: "open(b)".into() }];
        request.project.risks = vec![Risk { kind, what: what.into(), source }];
        request.project.selection.files.push("outside.txt".into());
        let plans = all().iter().filter_map(|backend| {
            let request = sample::with_options(request.clone(), backend.entry(), &[]);
            Some((backend.entry().id.as_str(), backend.planned(&request).ok()?.warnings))
        });
        plans.collect()
    }

    #[test]
    fn what_is_not_found_is_told_with_its_place_and_the_line_to_change() {
        let told = warned(RiskKind::FileInWorkingFolder, "config.yaml");
        assert!(told.len() > 5);
        for (technology, warnings) in told {
            let warning = warnings.iter().find(|warning| warning.starts_with("`config.yaml` (src/weather/cli.py:7): "));
            assert!(
                warning.is_some_and(|told| told.ends_with("\n- open(\"a\")\n+ open(b)")),
                "{technology}: {warnings:?}"
            );
        }
        for (technology, warnings) in warned(RiskKind::WrittenInWorkingFolder, "results.csv") {
            assert!(!warnings.iter().any(|warning| warning.contains("results.csv")), "{technology}: {warnings:?}");
        }
    }

    #[test]
    fn a_file_beside_the_code_that_is_in_no_package_is_in_no_wheel() {
        let outside =
            |(_, warnings): &(&str, Vec<String>)| warnings.iter().any(|told| told.contains("outside the packages"));
        assert!(!warned(RiskKind::FileBesideCode, "src/weather/data/cities.json").iter().any(outside));
        assert!(warned(RiskKind::FileBesideCode, "outside.txt").iter().filter(|told| outside(told)).count() > 3);
    }

    #[test]
    fn every_fate_that_is_not_found_has_a_reason_and_names_an_option_that_is_there() {
        for backend in all() {
            for fate in &backend.entry().fates {
                let has_reason = !fate.because.is_empty() && !fate.because.ends_with('.');
                assert_eq!(fate.is != Is::Found, has_reason, "{}: {fate:?}", backend.entry().id);
                let is_there = |flag: &String| backend.entry().options.iter().any(|option| option.id == *flag);
                assert!(fate.unless.as_ref().is_none_or(is_there), "{}: {fate:?}", backend.entry().id);
            }
        }
    }

    #[test]
    fn a_plan_consumes_only_what_it_makes_and_always_has_a_trial() {
        let requests = [sample::weather(), sample::one_file(), sample::numpy_report(), sample::library()];
        let more = [sample::poetry_flat(), sample::source_only_dependency()];
        for request in requests.into_iter().chain(more) {
            for backend in all() {
                let request = sample::with_options(request.clone(), backend.entry(), &[]);
                let plan = match backend.plan(&request) {
                    Ok(plan) => plan,
                    Err(PlanError::Unsuitable(problem)) => {
                        assert!(!problem.hints.is_empty(), "{problem}");
                        continue;
                    }
                    Err(error) => panic!("`{}` for `{}`: {error}", backend.entry().id, request.project.name),
                };
                assert_eq!(plan.technology, backend.entry().id);
                assert!(!plan.proofs.is_empty() && !plan.products.is_empty());
                for (index, step) in plan.steps.iter().enumerate() {
                    for input in step.action.inputs() {
                        assert!(plan.steps[..index].iter().any(|earlier| earlier.id == *input), "{step:?}");
                    }
                }
                for proof in &plan.proofs {
                    let is_there =
                        |id: &&StepId| proof.furnish.iter().any(|step| step.id == **id) || plan.step(id).is_some();
                    assert!(proof.reads().iter().all(is_there), "{proof:?}");
                }
            }
        }
    }
}
