//! A wheel, made by the project's own build backend.

use crate::backend::{Backend, Installing, PlanError, Request, own_requirement, project_wheel, wheelhouse};
use crate::plan::{Output, Pick, Plan, Word};

/// The backend.
pub static BACKEND: Wheel = Wheel;

/// Builds the wheel, and proves it by installing it.
pub struct Wheel;

impl Backend for Wheel {
    entry!("catalogue.toml");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        let mut plan = Plan::new(&self.entry().id);
        let wheel = project_wheel(request, &mut plan)?;
        let wheels = wheelhouse(request, request.environment, &mut plan)?;
        let installing = Installing {
            request,
            links: vec![Word::output(&wheel, Pick::Folder), Word::output(&wheels, Pick::Folder)],
            what: vec![own_requirement(request).into()],
            inputs: vec![wheel.clone(), wheels],
        };
        plan.checks.push(installing.check()?);
        plan.produces.push(Output { step: wheel, pick: Pick::One("*.whl".into()), name: None });
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{BuildOf, Need, sample};
    use crate::facts::Trial;
    use crate::plan::{Consent, Outcome, ToolRef};

    #[test]
    fn its_script_is_run_from_a_new_environment() {
        let plan = BACKEND.plan(&sample::weather()).unwrap();
        let check = &plan.checks[0];
        assert_eq!(check.subject.tool, ToolRef::Prepared { path: "venv/bin/weather".into() });
        assert_eq!(check.success, Outcome::InstalledAndRan);
        assert!(check.prepare.iter().skip(1).all(|command| command.args.contains(&Word::text("--no-index"))));
    }

    #[test]
    fn a_library_is_imported() {
        let check = BACKEND.plan(&sample::library()).unwrap().checks.remove(0);
        assert_eq!(check.trial, Trial::Import { modules: vec!["shapes".into()] });
        assert_eq!(check.subject.tool, ToolRef::Prepared { path: "venv/bin/python".into() });
    }

    #[test]
    fn data_files_are_expected_where_they_are_installed() {
        let plan = BACKEND.plan(&sample::poetry_flat()).unwrap();
        assert_eq!(plan.expects[0].member, "unit_talk/units.toml");
        assert!(plan.expects[0].otherwise.contains("[tool.poetry]"), "{}", plan.expects[0].otherwise);
    }

    #[test]
    fn a_dependency_that_comes_as_source_is_built_with_consent() {
        let mut request = sample::source_only_dependency();
        let plan = BACKEND.plan(&request).unwrap();
        let because = vec!["`docopt 1.0` comes as source only, and building it runs its code".into()];
        assert!(plan.consents.contains(&Consent::RunProjectCode { whose: vec!["docopt".into()], because }));
        let needs = BuildOf::Dependency("docopt".into());
        request.resolved.build_locks.remove(&needs);
        assert_eq!(BACKEND.plan(&request), Err(PlanError::Needs(Need::BuildLock(needs))));
    }

    #[test]
    fn native_code_is_tried_on_its_platform_only() {
        let plan = BACKEND.plan(&sample::numpy_report()).unwrap();
        assert!(plan.checks[0].room.platform.is_some());
    }
}
