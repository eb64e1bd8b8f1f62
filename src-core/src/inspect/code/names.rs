//! What the names of a file stand for, after its imports.

use std::collections::HashMap;

use crate::inspect::syntax::{Expr, Number};

use super::module::Literal;

/// Longest dotted chain that is followed; it bounds the work on hostile sources.
const LONGEST: usize = 8;

/// Longest text that is kept of a literal, and longest meaning of a name, in bytes.
pub(super) const LONGEST_TEXT: usize = 200;

/// Names bound by imports and by assigning the result of a library's call.
///
/// Scopes are not told apart: a name nearly always means the same thing throughout a file, and what hangs on it is a hint.
#[derive(Debug, Default)]
pub(super) struct Names {
    bound: HashMap<String, String>,
}

impl Names {
    /// Binds a name to what it stands for.
    pub fn bind(&mut self, name: &str, meaning: String) {
        self.bound.insert(name.to_owned(), meaning);
    }

    /// The dotted name of a callee or attribute with imports resolved, as in `flask.Flask().run`.
    pub fn dotted(&self, expr: &Expr) -> Option<String> {
        let mut parts = Vec::new();
        let mut expr = expr;
        while parts.len() < LONGEST {
            match expr {
                Expr::Attribute(attribute) => {
                    parts.push(format!(".{}", attribute.attr.as_str()));
                    expr = &attribute.value;
                }
                Expr::Call(call) => {
                    parts.push("()".to_owned());
                    expr = &call.func;
                }
                Expr::Name(name) => {
                    let name = name.id.as_str();
                    parts.push(self.bound.get(name).cloned().unwrap_or_else(|| name.to_owned()));
                    parts.reverse();
                    return Some(parts.concat());
                }
                _ => return None,
            }
        }
        None
    }

    /// A path that is added to `sys.path` is no file that the program opens.
    pub fn changes_search_path(&self, function: &Expr) -> bool {
        let Expr::Attribute(method) = function else { return false };
        let adds = matches!(method.attr.as_str(), "insert" | "append" | "extend");
        adds && self.dotted(&method.value).as_deref() == Some("sys.path")
    }

    /// Whether an expression starts from a name that is bound.
    pub fn knows(&self, expr: &Expr) -> bool {
        let mut expr = expr;
        for _ in 0..LONGEST {
            match expr {
                Expr::Attribute(attribute) => expr = &attribute.value,
                Expr::Call(call) => expr = &call.func,
                Expr::Name(name) => return self.bound.contains_key(name.id.as_str()),
                _ => return false,
            }
        }
        false
    }

    /// An argument as far as it is written out: also as the fallback of an environment variable, inside `int(…)`, and as
    /// the port of an address such as `("", 8000)`.
    pub fn literal(&self, expr: &Expr) -> Literal {
        let mut expr = expr;
        for _ in 0..4 {
            match expr {
                Expr::StringLiteral(text) if text.value.len() <= LONGEST_TEXT => {
                    return Literal::Text(text.value.to_str().to_owned());
                }
                Expr::NumberLiteral(number) => {
                    let Number::Int(number) = &number.value else { return Literal::Computed };
                    return number.as_i64().map_or(Literal::Computed, Literal::Number);
                }
                Expr::Tuple(pair) if pair.elts.len() == 2 => expr = &pair.elts[1],
                Expr::Call(call) => {
                    let callee = self.dotted(&call.func);
                    let index = match callee.as_deref() {
                        Some("int" | "str") => 0,
                        Some("os.environ.get" | "os.getenv") => 1,
                        _ => return Literal::Computed,
                    };
                    let Some(argument) = call.arguments.args.get(index) else { return Literal::Computed };
                    expr = argument;
                }
                _ => return Literal::Computed,
            }
        }
        Literal::Computed
    }
}
