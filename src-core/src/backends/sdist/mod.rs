//! A source distribution, made by the project's own build backend.

use crate::backend::{
    Backend, Installing, PlanError, Request, build_command, build_needs, own_requirement, project_sdist, wheelhouse,
};
use crate::plan::{Output, Pick, Piece, Plan, Word};

/// The backend.
pub static BACKEND: Sdist = Sdist;

/// Builds the archive, and proves it by building from it.
pub struct Sdist;

impl Backend for Sdist {
    entry!("catalogue.toml");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        let mut plan = Plan::new(&self.entry().id);
        let sdist = project_sdist(request, &mut plan)?;
        let needs = build_needs(request, &mut plan)?;
        let wheels = wheelhouse(request, request.environment, &mut plan)?;
        let archive = Word::output(&sdist, Pick::One("*.tar.gz".into()));
        let built = Piece::Scratch("wheel".into());
        let installing = Installing {
            request,
            links: vec![built.clone().into(), Word::output(&wheels, Pick::Folder)],
            what: vec![own_requirement(request).into()],
            inputs: vec![sdist.clone(), needs.clone(), wheels],
        };
        let mut check = installing.check()?;
        check.title = format!("Build a wheel from it without network. {}", check.title);
        check.prepare.insert(0, build_command(request, "wheel", &needs, archive, built.into()));
        plan.checks.push(check);
        plan.produces.push(Output { step: sdist, pick: Pick::One("*.tar.gz".into()), name: None });
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::Trial;
    use crate::plan::Outcome;

    #[test]
    fn it_is_proven_by_a_wheel_built_from_it() {
        let plan = BACKEND.plan(&sample::weather()).unwrap();
        let check = &plan.checks[0];
        assert_eq!(check.success, Outcome::InstalledAndRan);
        assert!(check.prepare[0].args.contains(&Word::output(&plan.produces[0].step, Pick::One("*.tar.gz".into()))));
        assert_eq!(check.prepare.len(), 3);
    }

    #[test]
    fn a_library_is_imported() {
        let plan = BACKEND.plan(&sample::library()).unwrap();
        assert!(matches!(plan.checks[0].trial, Trial::Import { .. }));
    }

    #[test]
    fn data_files_are_expected_in_the_archive() {
        let plan = BACKEND.plan(&sample::weather()).unwrap();
        assert_eq!(plan.expects[0].member, "*/src/weather/data/cities.json");
    }

    #[test]
    fn a_folder_without_build_configuration_is_refused() {
        let error = BACKEND.plan(&sample::one_file()).unwrap_err().to_string();
        assert_eq!(error, "`tally` has no build configuration, so no distribution can be built from it");
    }
}
