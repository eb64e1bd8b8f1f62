//! Where a program parses its arguments.

use super::libraries::{self, Libraries};
use super::module::{Module, Need, top};
use crate::facts::Source;

/// Where a module parses arguments: it imports a parser, hands over to Django, or compares `sys.argv` by hand.
pub(super) fn parses_arguments(module: &Module) -> Option<Source> {
    let libraries = Libraries::get();
    let parser = module.imports.iter().find(|import| {
        import.need <= Need::Deferred && libraries.parses_arguments(import.top()) && uses(module, import.top())
    });
    if let Some(import) = parser {
        let module_name = import.module.clone();
        return Some(Source::Import { module: module_name, path: module.path.clone(), line: import.line });
    }
    let manages = module.calls.iter().find(|call| libraries::ends_with(&call.callee, "execute_from_command_line"));
    let line = manages.map(|call| call.line).or_else(|| module.argv.filter(|_| module.help_option.is_some()))?;
    Some(Source::line(&module.path, line))
}

/// Whether a module calls into a library, derives a class from it, or decorates with it (the reader keeps decorators as calls).
fn uses(module: &Module, library: &str) -> bool {
    module.calls.iter().any(|call| top(&call.callee) == library)
        || module.definitions.iter().any(|class| class.is_class && class.parts.iter().any(|base| top(base) == library))
}
