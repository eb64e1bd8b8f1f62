//! Imports that may fail: what a `try` around them makes of their need.

use std::ops::Range;

use super::Reader;
use crate::inspect::code::guards::{Exits, Fate, asked};
use crate::inspect::code::module::Need;
use crate::inspect::syntax::{Expr, Ranged, Stmt, StmtIf, StmtTry, Visitor, visitor};

/// Most names of one file that say whether an import failed.
const MOST: usize = 200;

/// What is known of the `try` statements of a file.
#[derive(Default)]
pub(super) struct Attempts {
    /// Functions of the file that end the program.
    ending: Vec<String>,
    /// Imports, by their place in the list, and the names that a handler gives another value when they fail.
    excused: Vec<(Range<usize>, Vec<String>)>,
    /// Names without which the file ends.
    demanded: Vec<String>,
}

impl Reader<'_> {
    /// Notes a function that ends the program, as `die(message)` does.
    pub(super) fn note_ending(&mut self, statement: &Stmt) {
        let Stmt::FunctionDef(function) = statement else { return };
        let exits = Exits { names: &self.names, own: &self.attempts.ending };
        let ends = function.body.last().is_some_and(|last| exits.ends(last, 0));
        if ends && self.attempts.ending.len() < MOST {
            self.attempts.ending.push(function.name.to_string());
        }
    }

    /// A `try`: its imports are needed as surely as the code ends without them.
    pub(super) fn attempt<'a>(&mut self, attempt: &'a StmtTry)
    where
        Self: Visitor<'a>,
    {
        let exits = Exits { names: &self.names, own: &self.attempts.ending };
        let fate = exits.fate(attempt);
        let first = self.module.imports.len();
        let goes_on = usize::from(fate == Fate::GoesOn);
        self.perhaps += goes_on;
        self.visit_body(&attempt.body);
        let tried = first..self.module.imports.len();
        self.visit_body(&attempt.orelse);
        self.perhaps += 1 - goes_on;
        for handler in &attempt.handlers {
            visitor::walk_except_handler(self, handler);
        }
        self.perhaps -= 1;
        self.visit_body(&attempt.finalbody);
        match fate {
            Fate::NeedsOther => {
                let end = self.line(attempt.end());
                for import in self.module.imports[tried].iter_mut().filter(|import| import.need < Need::Perhaps) {
                    import.need = Need::OneOf(end);
                }
            }
            Fate::GoesOn if self.attempts.excused.len() < MOST => {
                let handled = attempt.handlers.iter().filter_map(|handler| handler.as_except_handler());
                let names = handled.flat_map(|handler| assigned(&handler.body)).collect();
                self.attempts.excused.push((tried, names));
            }
            Fate::Ends | Fate::GoesOn => {}
        }
    }

    /// Notes a name without which the file ends: `if requests is None: sys.exit(…)`.
    pub(super) fn note_demand(&mut self, condition: &StmtIf) {
        let exits = Exits { names: &self.names, own: &self.attempts.ending };
        if self.attempts.demanded.len() < MOST
            && exits.block_ends(&condition.body, 0)
            && let Some(name) = asked(condition)
        {
            self.attempts.demanded.push(name.to_owned());
        }
    }

    /// Imports whose failure is only noted, to end the program later, are needed.
    pub(super) fn settle_attempts(&mut self) {
        for (imports, names) in std::mem::take(&mut self.attempts.excused) {
            if names.iter().any(|name| self.attempts.demanded.contains(name)) {
                for import in self.module.imports[imports].iter_mut().filter(|import| import.need == Need::Perhaps) {
                    import.need = Need::Deferred;
                }
            }
        }
    }
}

/// The names that a block gives a value.
fn assigned(body: &[Stmt]) -> Vec<String> {
    let targets = body.iter().filter_map(|statement| match statement {
        Stmt::Assign(assign) => Some(&assign.targets),
        _ => None,
    });
    targets.flatten().filter_map(Expr::as_name_expr).map(|name| name.id.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::code::sample;
    use crate::inspect::syntax::Room;

    /// The need of the first import.
    fn need(text: &str) -> Need {
        let room = Room::default();
        super::super::read("a.py", "a", text, &room).imports[0].need
    }

    #[test]
    fn an_import_without_which_the_program_ends_is_needed() {
        for end in [
            "raise",
            "print('no x'); raise",
            "raise SystemExit('pip install x')",
            "import sys\n    sys.exit(1)",
            "exit(1)",
            "quit()",
            "import os\n    os._exit(3)",
            "with open('log') as f:\n        raise",
            "if DEBUG:\n        raise\n    else:\n        exit(2)",
            "import subprocess\n    subprocess.run(['pip', 'install', 'x'])\n    import x",
        ] {
            assert_eq!(need(&format!("try:\n    import x\nexcept ImportError:\n    {end}\n")), Need::Always, "{end}");
        }
        let own = "def die(text):\n    print(text)\n    raise SystemExit(1)\ntry:\n    import x\nexcept Exception:\n    die('x')";
        assert_eq!(need(own), Need::Always);
    }

    #[test]
    fn an_import_that_the_program_does_without_is_none() {
        for on in
            ["pass", "x = None", "print('no x')", "import json as x", "from . import x", "if DEBUG:\n        raise"]
        {
            assert_eq!(need(&format!("try:\n    import x\nexcept ImportError:\n    {on}\n")), Need::Perhaps, "{on}");
        }
    }

    #[test]
    fn of_two_imports_one_is_needed() {
        let either = "try:\n    import x\nexcept ImportError:\n    import y\n";
        assert_eq!(need(either), Need::OneOf(4));
        let last = "try:\n    import x\nexcept ImportError:\n    try:\n        import y\n    except ImportError:\n        raise\n";
        assert_eq!(need(last), Need::OneOf(7));
        let none = "try:\n    import x\nexcept ImportError:\n    try:\n        import y\n    except ImportError:\n        y = None\n";
        assert_eq!(need(none), Need::Perhaps);
    }

    #[test]
    fn a_failure_that_is_noted_to_end_the_program_later_is_a_need() {
        let noted = |value: &str, test: &str| {
            format!(
                "import sys\ntry:\n    import x\n    have = True\nexcept ImportError:\n    {value}\nif {test}:\n    sys.exit('x')\n"
            )
        };
        let of_x = |text: &str| super::super::read("a.py", "a", text, &Room::default()).imports[1].need;
        assert_eq!(of_x(&noted("have = False", "not have")), Need::Deferred);
        assert_eq!(of_x(&noted("x = None", "x is None")), Need::Deferred);
        assert_eq!(of_x(&noted("x = None", "other is None")), Need::Perhaps);
    }

    #[test]
    fn what_is_needed_either_way_is_required_once_and_is_not_nothing() {
        let text = "try:\n    from PyQt5 import QtWidgets\nexcept ImportError:\n    from PyQt6 import QtWidgets\n";
        let scan = sample::script(text);
        let names: Vec<&str> = scan.undeclared.iter().map(|requirement| requirement.name.as_str()).collect();
        assert_eq!(names, ["pyqt5"]);
        let own = sample::folder(&[
            ("main.py", "try:\n    import fast\nexcept ImportError:\n    import slow\n"),
            ("slow.py", ""),
        ]);
        assert!(own.undeclared.is_empty(), "{:?}", own.undeclared);
    }
}
