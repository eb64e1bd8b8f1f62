//! A source distribution, made by the project's own build backend.

use crate::backend::{
    Backend, Installing, PlanError, Request, build_command, build_needs, own_requirement, project_sdist,
    warn_of_what_is_left_out, wheelhouse,
};
use crate::plan::{Act, Pick, Piece, Plan, Product, Word};

/// The backend.
pub static BACKEND: Sdist = Sdist;

/// Builds the archive, and proves it by building from it.
pub struct Sdist;

impl Backend for Sdist {
    entry!("sdist");

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
        };
        let mut proof = installing.proof()?;
        proof.title = format!("Build a wheel from it without network. {}", proof.title);
        let again = build_command(request, "wheel", &needs, archive, built.into());
        proof.acts.insert(0, Act::done("Build a wheel from it", again));
        plan.proofs.push(proof);
        warn_of_what_is_left_out(request, &mut plan);
        plan.products.push(Product::place(sdist, Pick::One("*.tar.gz".into())));
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::sample;
    use crate::facts::Trial;
    use crate::plan::{Look, Outcome};

    #[test]
    fn it_is_proven_by_a_wheel_built_from_it() {
        let plan = BACKEND.plan(&sample::weather()).unwrap();
        let proof = &plan.proofs[0];
        assert_eq!(proof.success, Outcome::InstalledAndRan);
        let built = proof.commands().next().unwrap();
        assert!(built.args.contains(&Word::output(plan.products[0].step(), Pick::One("*.tar.gz".into()))));
        assert_eq!(proof.acts.len(), 6);
    }

    #[test]
    fn a_library_is_imported() {
        let plan = BACKEND.plan(&sample::library()).unwrap();
        assert!(matches!(plan.proofs[0].started(), Some((_, Trial::Import { .. }))));
    }

    #[test]
    fn data_files_are_expected_in_the_archive() {
        let plan = BACKEND.plan(&sample::weather()).unwrap();
        let Look::Member { path, .. } = &plan.looks[0] else { panic!("{plan:?}") };
        assert_eq!(path, "*/src/weather/data/cities.json");
    }

    #[test]
    fn a_folder_without_build_configuration_is_refused() {
        let error = BACKEND.plan(&sample::one_file()).unwrap_err().to_string();
        assert_eq!(error, "`tally` has no build configuration, so no distribution can be built from it");
    }
}
