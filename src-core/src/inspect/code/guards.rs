//! Conditions around statements that say when they run.

use crate::inspect::syntax::{Expr, Stmt, StmtTry};

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

/// Whether the code goes on when an import in the block fails.
pub(super) fn survives_import_errors(statement: &StmtTry) -> bool {
    statement.handlers.iter().any(|handler| {
        let handler = handler.as_except_handler();
        handler.is_none_or(|handler| handler.type_.as_ref().is_none_or(|error| catches_import_errors(error)))
    })
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
