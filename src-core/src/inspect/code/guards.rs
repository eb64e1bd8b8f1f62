//! Conditions around statements that say when they run.

use crate::inspect::syntax::{ExceptHandler, Expr, Stmt, StmtIf, StmtTry};

use super::libraries;
use super::module::top;
use super::names::Names;

/// Calls after which nothing runs any more.
const EXITS: [&str; 6] = ["exit", "quit", "sys.exit", "os._exit", "os.abort", "builtins.exit"];

/// How deep handlers inside handlers are followed.
const DEEPEST: usize = 8;

/// `__name__ == "__main__"`.
pub(super) fn is_main_guard(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let asks_name = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id.as_str() == "__name__");
    let says_main = |expr: &Expr| matches!(expr, Expr::StringLiteral(literal) if literal.value.to_str() == "__main__");
    let [right] = &*compare.comparators else { return false };
    asks_name(&compare.left) && says_main(right) || says_main(&compare.left) && asks_name(right)
}

/// Whether a statement at the top level does something, rather than define or choose: it calls, or goes round.
pub(super) fn acts(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(expression) => expression.value.is_call_expr() || expression.value.is_await_expr(),
        Stmt::For(_) | Stmt::While(_) | Stmt::With(_) => true,
        Stmt::Try(attempt) => attempt.body.iter().any(acts),
        Stmt::If(condition) => {
            condition.body.iter().chain(condition.elif_else_clauses.iter().flat_map(|clause| &clause.body)).any(acts)
        }
        _ => false,
    }
}

/// What becomes of the code when an import in a block fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It ends: the import is needed.
    Ends,
    /// It imports something else from elsewhere: one of both is needed.
    NeedsOther,
    /// It goes on without.
    GoesOn,
}

/// What leads out of a file's code.
pub(super) struct Exits<'a> {
    /// What its names stand for.
    pub names: &'a Names,
    /// Its own functions that end the program.
    pub own: &'a [String],
}

impl Exits<'_> {
    /// What becomes of the code when an import in this block fails: the first handler that catches it says so.
    pub fn fate(&self, attempt: &StmtTry) -> Fate {
        self.fate_within(attempt, 0)
    }

    fn fate_within(&self, attempt: &StmtTry, depth: usize) -> Fate {
        let mut handlers = attempt.handlers.iter().filter_map(ExceptHandler::as_except_handler);
        let catching = handlers.find(|handler| handler.type_.as_deref().is_none_or(catches_import_errors));
        let Some(handler) = catching.filter(|_| depth < DEEPEST) else { return Fate::Ends };
        let tried = imported(&attempt.body);
        for statement in &handler.body {
            match statement {
                Stmt::Import(_) | Stmt::ImportFrom(_) => {
                    let others = imported(std::slice::from_ref(statement));
                    if others.iter().any(|other| tried.contains(other)) {
                        // It was installed in the meantime: needed all the same.
                        return Fate::Ends;
                    }
                    if others.iter().any(|other| !libraries::is_standard(other)) {
                        return Fate::NeedsOther;
                    }
                }
                Stmt::Try(inner) => {
                    let is_foreign = imported(&inner.body).iter().any(|name| !libraries::is_standard(name));
                    match self.fate_within(inner, depth + 1) {
                        Fate::Ends | Fate::NeedsOther if is_foreign => return Fate::NeedsOther,
                        Fate::Ends | Fate::NeedsOther | Fate::GoesOn => {}
                    }
                }
                _ if self.ends(statement, depth) => return Fate::Ends,
                _ => {}
            }
        }
        Fate::GoesOn
    }

    /// Whether nothing after a statement runs, whatever it finds.
    pub fn ends(&self, statement: &Stmt, depth: usize) -> bool {
        match statement {
            Stmt::Raise(_) => true,
            Stmt::Expr(expression) => self.is_exit(&expression.value),
            Stmt::With(with) => self.block_ends(&with.body, depth + 1),
            Stmt::If(condition) => {
                let has_else = condition.elif_else_clauses.last().is_some_and(|clause| clause.test.is_none());
                has_else
                    && self.block_ends(&condition.body, depth + 1)
                    && condition.elif_else_clauses.iter().all(|clause| self.block_ends(&clause.body, depth + 1))
            }
            _ => false,
        }
    }

    /// Whether a block ends the code.
    pub fn block_ends(&self, body: &[Stmt], depth: usize) -> bool {
        depth < DEEPEST && body.iter().any(|statement| self.ends(statement, depth))
    }

    fn is_exit(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else { return false };
        let callee = self.names.dotted(&call.func);
        callee.is_some_and(|callee| EXITS.contains(&callee.as_str()) || self.own.contains(&callee))
    }
}

/// The name whose value a condition asks for: `x`, `not x`, `x is None`.
pub(super) fn asked(condition: &StmtIf) -> Option<&str> {
    let tested = match &*condition.test {
        Expr::UnaryOp(unary) => &*unary.operand,
        Expr::Compare(compare) => &*compare.left,
        other => other,
    };
    tested.as_name_expr().map(|name| name.id.as_str())
}

/// The top-level modules that a block imports itself, relative ones left out.
fn imported(body: &[Stmt]) -> Vec<&str> {
    let mut found = Vec::new();
    for statement in body {
        match statement {
            Stmt::Import(import) => found.extend(import.names.iter().map(|alias| top(alias.name.as_str()))),
            Stmt::ImportFrom(import) if import.level == 0 => {
                found.extend(import.module.as_ref().map(|module| top(module.as_str())));
            }
            _ => {}
        }
    }
    found
}

fn catches_import_errors(error: &Expr) -> bool {
    match error {
        Expr::Name(name) => {
            matches!(name.id.as_str(), "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
        }
        Expr::Tuple(errors) => errors.elts.iter().any(|error| error.is_name_expr() && catches_import_errors(error)),
        _ => false,
    }
}
