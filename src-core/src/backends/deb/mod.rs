//! A Debian package: the program in a virtual environment or a folder of its own, tied to the system as policy says.

mod commands;
mod integration;
mod naming;
mod package;
mod packing;
mod papers;
mod payload;
mod people;
mod scripts;
mod text;
mod trying;
mod version;

use self::commands::commands;
use self::package::{Package, Payload};
use self::packing::{Packing, Squeeze, UNKNOWN};
use self::people::Maintainer;
use self::version::DebianVersion;
use crate::backend::{Backend, PlanError, Request};
use crate::plan::{Look, Pick, Plan, Product, Word};

/// The backend.
pub static BACKEND: Deb = Deb;

/// Lays the package out, packs it with `dpkg-deb`, and tries it as users and Debian's own checker would.
pub struct Deb;

impl Backend for Deb {
    entry!("deb");

    fn plan(&self, request: &Request) -> Result<Plan, PlanError> {
        let payload = Payload::of(request)?;
        let request = payload.request(request);
        let mut plan = Plan::new(&self.entry().id);
        let package = package(&request, payload, &mut plan)?;
        let carried = payload.carried(&package, &mut plan)?;
        let is_native = payload == Payload::Frozen || request.is_native();
        let architecture = naming::architecture(&request, is_native)?;
        let packing = Packing { package: &package, architecture, carried: &carried };
        let step = packing.packed(Squeeze::Xz)?.into_plan(&mut plan);
        plan.proofs.push(trying::installed(&packing, &step)?);
        plan.proofs.push(trying::linted(&step));
        if is_native {
            plan.look([Look::Lines {
                of: Word::output(&step, Pick::Path(UNKNOWN.into())),
                pattern: "^(?P<library>.+)$".into(),
                otherwise:
                    "a library inside needs `{library}`, and no package is known here that has it; name that package \
                            by the option `depends`"
                        .into(),
            }]);
        }
        plan.products.push(Product::Place { pick: Pick::Path(packing.file()), name: None, starts: None, step });
        Ok(plan)
    }
}

/// What the package is called and who answers for it, with a warning for what nothing says.
fn package<'a>(request: &'a Request, payload: Payload, plan: &mut Plan) -> Result<Package<'a>, PlanError> {
    let name = naming::package(request)?;
    let maintainer = Maintainer::of(request, &name)?;
    let version = match DebianVersion::of(request)? {
        Some(version) => version,
        None => {
            plan.warn("nothing says a version, so the package has version 0; say one by the option `version`");
            DebianVersion::none(request)?
        }
    };
    let (commands, odd) = commands(request, &name)?;
    if let Some(warning) = maintainer.warning() {
        plan.warn(warning);
    }
    for name in odd {
        plan.warn(format!(
            "the script `{name}` is not in the package: such a name cannot be that of a command in `/usr/bin`"
        ));
    }
    Ok(Package { request, name, version, maintainer, payload, commands })
}

#[cfg(test)]
mod tests;
