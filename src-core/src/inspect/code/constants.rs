//! Relative paths as code writes them: texts, names that stand for one, and what joins them.

use std::collections::HashMap;

use crate::inspect::syntax::{Expr, Operator, Ranged};

use super::names::{LONGEST_TEXT, Names};

/// Most names that are kept of one file, and the deepest expression that is followed.
const MOST: usize = 2_000;
const DEEPEST: usize = 8;

/// A path that is written out, at least at its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub path: String,
    pub exact: bool,
    /// Where the expression stands, in bytes.
    pub range: (usize, usize),
}

/// Names that stand for a text, whatever scope they are in: what hangs on one is a hint.
#[derive(Debug, Default)]
pub(super) struct Constants(HashMap<String, Written>);

impl Constants {
    /// Remembers what a name is given, where that is a path.
    pub fn bind(&mut self, name: &str, value: &Expr, names: &Names) {
        if self.0.len() < MOST
            && let Some(written) = self.path(value, names)
        {
            self.0.insert(name.to_owned(), written);
        }
    }

    /// The path that an expression is, as far as it is written out.
    pub fn path(&self, expr: &Expr, names: &Names) -> Option<Written> {
        self.at_depth(expr, names, 0)
    }

    fn at_depth(&self, expr: &Expr, names: &Names, depth: usize) -> Option<Written> {
        if depth > DEEPEST {
            return None;
        }
        let inner = |expr: &Expr| self.at_depth(expr, names, depth + 1);
        let place = (expr.start().to_usize(), expr.end().to_usize());
        match expr {
            Expr::StringLiteral(text) if text.value.len() <= LONGEST_TEXT => {
                Some(Written { path: text.value.to_str().replace('\\', "/"), exact: true, range: place })
            }
            Expr::Name(name) => self.0.get(name.id.as_str()).cloned(),
            Expr::BinOp(sum) if matches!(sum.op, Operator::Div | Operator::Add) => {
                let left = inner(&sum.left)?;
                let is_path = sum.op == Operator::Div;
                Some(Written { range: place, ..left.followed_by(inner(&sum.right), is_path) })
            }
            Expr::Call(call) => {
                let is_path = matches!(
                    names.dotted(&call.func).as_deref(),
                    Some("pathlib.Path" | "pathlib.PurePath" | "os.path.join" | "str" | "os.fspath")
                );
                let mut parts = call.arguments.args.iter().filter(|_| is_path);
                let first = inner(parts.next()?)?;
                Some(Written { range: place, ..parts.fold(first, |path, part| path.followed_by(inner(part), true)) })
            }
            _ => None,
        }
    }
}

impl Written {
    fn followed_by(mut self, part: Option<Self>, is_path: bool) -> Self {
        match part.filter(|_| self.exact) {
            Some(part) => {
                if is_path && !self.path.ends_with('/') {
                    self.path.push('/');
                }
                self.path.push_str(&part.path);
                self.exact = part.exact;
            }
            None => self.exact = false,
        }
        self
    }
}
