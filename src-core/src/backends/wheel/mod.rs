//! A wheel, made by the project's own build backend.

use crate::backend::{
    Backend, Installing, PlanError, Request, own_requirement, project_wheel, warn_of_what_is_left_out, wheelhouse,
};
use crate::plan::{Pick, Plan, Product, Word};

/// The backend.
pub static BACKEND: Wheel = Wheel;

/// Builds the wheel, and proves it by installing it.
pub struct Wheel;

impl Backend for Wheel {
    entry!("wheel");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        let mut plan = Plan::new(&self.entry().id);
        let wheel = project_wheel(request, &mut plan)?;
        let wheels = wheelhouse(request, request.environment, &mut plan)?;
        let installing = Installing {
            request,
            links: vec![Word::output(&wheel, Pick::Folder), Word::output(&wheels, Pick::Folder)],
            what: vec![own_requirement(request).into()],
        };
        plan.proofs.push(installing.proof()?);
        warn_of_what_is_left_out(request, &mut plan);
        plan.products.push(Product::place(wheel, Pick::One("*.whl".into())));
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{BuildOf, Need, sample};
    use crate::facts::Trial;
    use crate::plan::{Consent, Look, Outcome, Piece};

    #[test]
    fn its_script_is_run_from_a_new_environment() {
        let plan = BACKEND.plan(&sample::weather()).unwrap();
        let proof = &plan.proofs[0];
        let (subject, _) = proof.started().unwrap();
        assert_eq!(subject.tool, Piece::Scratch("venv/bin/weather".into()).into());
        assert_eq!(proof.success, Outcome::InstalledAndRan);
        assert!(proof.commands().nth(1).unwrap().args.contains(&Word::text("--no-index")));
    }

    #[test]
    fn a_library_is_imported() {
        let proof = BACKEND.plan(&sample::library()).unwrap().proofs.remove(0);
        let (subject, trial) = proof.started().unwrap();
        assert_eq!(*trial, Trial::Import { modules: vec!["shapes".into()] });
        assert_eq!(subject.tool, Piece::Scratch("venv/bin/python".into()).into());
    }

    #[test]
    fn data_files_are_expected_where_they_are_installed() {
        let plan = BACKEND.plan(&sample::poetry_flat()).unwrap();
        let Look::Member { path, otherwise, .. } = &plan.looks[0] else { panic!("{plan:?}") };
        assert_eq!(path, "unit_talk/units.toml");
        assert!(otherwise.contains("[tool.poetry]"), "{otherwise}");
    }

    #[test]
    fn a_dependency_that_comes_as_source_is_built_with_consent() {
        let mut request = sample::source_only_dependency();
        let plan = BACKEND.plan(&request).unwrap();
        let because = vec!["`docopt 1.0` comes as source only, and building it runs its code".into()];
        let consents = plan.consents(true, |_| true);
        assert!(consents.contains(&Consent::RunProjectCode { whose: vec!["docopt".into()], because }));
        let needs = BuildOf::Dependency("docopt".into());
        request.resolved.build_locks.remove(&needs);
        assert_eq!(BACKEND.plan(&request), Err(PlanError::Needs(Need::BuildLock(needs))));
    }

    #[test]
    fn native_code_is_tried_on_its_platform_only() {
        let plan = BACKEND.plan(&sample::numpy_report()).unwrap();
        assert!(plan.proofs[0].room.on.is_some());
    }
}
