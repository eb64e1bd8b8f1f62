//! Python as a syntax tree. The parser is an inner part of Ruff, which promises nothing about it from one release to the next;
//! so this module alone names its crates, and everything else names what is here.

mod weight;

pub(super) use ruff_python_ast::visitor::{self, Visitor, walk_expr, walk_stmt};
pub(super) use ruff_python_ast::{
    Decorator, ExceptHandler, Expr, ExprCall, ExprContext, Keyword, ModModule, Number, Operator, Stmt, StmtIf,
    StmtImportFrom, StmtTry, StmtWith, UnaryOp,
};
pub(super) use ruff_python_parser::{Parsed, parse_module};
pub(super) use ruff_source_file::LineIndex;
pub(super) use ruff_text_size::{Ranged, TextSize};
pub(super) use weight::{DEEPEST, MOST_TOKENS, Room, weigh};

/// Reads a module as far as it can be read; its errors say where it cannot. `None` where it is no module at all.
pub(super) fn parse_what_can_be(source: &str) -> Option<Parsed<ModModule>> {
    use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
    parse_unchecked(source, ParseOptions::from(Mode::Module)).try_into_module()
}
