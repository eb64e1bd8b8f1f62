//! What a Python file says as a syntax tree, read as strictly as build backends read it.

use std::sync::LazyLock;

use crate::inspect::syntax::{Expr, Stmt, UnaryOp, parse_module, weigh};
use regex::Regex;

use crate::inspect::tree::{Exact, Tree};

/// Deepest nesting of a literal that is followed.
const DEEPEST: usize = 32;

/// Deepest tree of a module that is read. Some Pythons run deeper ones, but fail to make a tree of them, and then setuptools
/// imports the module.
const DEEPEST_TREE: usize = 200;

/// Most tokens of a module that is read: Python's own tree of it takes a kilobyte for each.
const MOST_TOKENS: usize = 300_000;

/// PEP 263: a comment that names the encoding.
static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[ \t\x0c]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")
        .expect("the expression is written here and covered by tests")
});

/// The statements of a module; `None` where Python might read other ones, or none.
pub(super) fn read(tree: &Tree, path: &str) -> Option<Vec<Stmt>> {
    let Exact::Text(text) = tree.exact(path) else { return None };
    let is_foreign = |line: &str| {
        DECLARATION.captures(line).is_some_and(|found| {
            let name = found[1].to_lowercase().replace('_', "-");
            !matches!(name.as_str(), "utf-8" | "utf8" | "ascii" | "us-ascii")
        })
    };
    if text.split(['\n', '\r']).take(3).any(is_foreign) || weigh(&text, DEEPEST_TREE, MOST_TOKENS).is_err() {
        return None;
    }
    Some(parse_module(&text).ok()?.into_syntax().body.into_iter().collect())
}

/// The value that is assigned to a name first, at the top level.
pub(super) fn first_assigned<'b>(body: &'b [Stmt], name: &str, counts: fn(&Expr) -> bool) -> Option<&'b Expr> {
    let is_name = |target: &Expr| target.as_name_expr().is_some_and(|target| target.id.as_str() == name);
    body.iter()
        .filter_map(|statement| match statement {
            Stmt::Assign(assign) => assign.targets.iter().any(is_name).then_some(&*assign.value),
            Stmt::AnnAssign(assign) => assign.value.as_deref().filter(|_| is_name(&assign.target)),
            _ => None,
        })
        .find(|value| counts(value))
}

/// Whether an expression is one constant, as `ast.Constant` is.
pub(super) fn is_constant(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
    )
}

/// Whether `ast.literal_eval` takes an expression for sure: a dictionary may have keys that it fails on.
pub(super) fn is_literal(expression: &Expr) -> bool {
    is_literal_within(expression, 0)
}

fn is_literal_within(expression: &Expr, depth: usize) -> bool {
    let inner = |expression: &Expr| is_literal_within(expression, depth + 1);
    if depth > DEEPEST {
        return false;
    }
    match expression {
        Expr::Tuple(tuple) => tuple.elts.iter().all(inner),
        Expr::List(list) => list.elts.iter().all(inner),
        Expr::UnaryOp(minus) => minus.op == UnaryOp::USub && minus.operand.is_number_literal_expr(),
        other => is_constant(other),
    }
}

/// Whether the first statement is a text that is not empty.
pub(super) fn has_docstring(body: &[Stmt]) -> bool {
    let text = match body.first() {
        Some(Stmt::Expr(statement)) => statement.value.as_string_literal_expr(),
        _ => None,
    };
    text.is_some_and(|text| text.value.to_str().chars().any(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::metadata::fixture;

    fn body(text: &str) -> Option<Vec<Stmt>> {
        let (_folder, tree) = fixture::tree(&[("a.py", text)]);
        read(&tree, "a.py")
    }

    #[test]
    fn only_what_python_reads_in_the_same_way_is_read() {
        assert!(body("# -*- coding: utf-8 -*-\nx = 1\n").is_some());
        for text in ["# coding: utf-7\nx = 1\n", "\n# vim: set fileencoding=latin-1 :\n", "x = (\n", "\u{feff}x = 1\n"]
        {
            assert!(body(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_tree_that_some_python_fails_on_is_not_read() {
        assert!(body(&format!("v = '1'\nx = {}1\n", "1 + ".repeat(1500))).is_none());
        assert!(body(&format!("v = '1'\nx = [{}]\n", "1, ".repeat(1500))).is_some());
    }

    #[test]
    fn the_first_assignment_counts_and_must_be_a_literal() {
        let literal = |text: &str| first_assigned(&body(text).unwrap(), "v", |_| true).is_some_and(is_literal);
        for text in
            ["v = '1' '2'", "v: str = '1'", "a = v = (1, -2, 'rc')", "v = ['a', (None, ...)]", "if x:\n v = f()\nv = 1"]
        {
            assert!(literal(text), "{text}");
        }
        for text in [
            "v = f()\nv = '1'",
            "v = f'{x}'",
            "v = 'a' + 'b'",
            "v = '.'.join(x)",
            "(v, w) = 1, 2",
            "v: str",
            "v += 1",
            "v = [*x]",
            "v = {[1]: 2}",
            "v = {1}",
            "v = not 1",
            "if True:\n v = '1'",
        ] {
            assert!(!literal(text), "{text}");
        }
    }

    #[test]
    fn names_are_compared_as_python_normalises_them() {
        let text = "\u{ff56} = f()\nv = '1'\n";
        assert!(!first_assigned(&body(text).unwrap(), "v", |_| true).is_some_and(is_literal));
    }

    #[test]
    fn a_docstring_is_one_text_with_something_in_it() {
        let docstring = |text: &str| has_docstring(&body(text).unwrap());
        assert!(docstring("'''A tool'''\n") && docstring("'A' ' tool'\n"));
        for text in
            ["", "'''  '''\n", "f'{x} tool'\n", "b'A tool'\n", "x = 1\n'A tool'\n", "'A' + ' tool'\n", "'\\x1c'\n"]
        {
            assert!(!docstring(text), "{text:?}");
        }
    }
}
