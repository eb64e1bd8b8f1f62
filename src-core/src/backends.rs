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
