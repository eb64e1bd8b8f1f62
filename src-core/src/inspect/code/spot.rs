//! Paths that code computes from `__file__`, evaluated without running it.

use std::collections::HashMap;

use crate::inspect::syntax::{Expr, Number, Operator};

use super::names::Names;

/// Deepest expression that is followed; real ones have a handful of parts.
const DEEPEST: usize = 12;

/// A place in the project, as far as the code writes it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// Parts of the path from the root.
    pub parts: Vec<String>,
    /// Whether every part is written out.
    pub exact: bool,
    /// Whether something was joined to the place of the file.
    pub joined: bool,
}

/// Evaluates path expressions of one file.
pub(super) struct Spots<'a> {
    /// Path of the file, from the root.
    pub file: &'a str,
    /// Variables that hold a place.
    pub variables: HashMap<String, Spot>,
}

impl Spots<'_> {
    /// The place an expression names, if it starts from `__file__`.
    pub fn of(&self, expr: &Expr, names: &Names) -> Option<Spot> {
        self.at_depth(expr, names, 0)
    }

    fn at_depth(&self, expr: &Expr, names: &Names, depth: usize) -> Option<Spot> {
        if depth > DEEPEST {
            return None;
        }
        let inner = |expr: &Expr| self.at_depth(expr, names, depth + 1);
        match expr {
            Expr::Name(name) if name.id.as_str() == "__file__" => Some(self.file_itself()),
            Expr::Name(name) => self.variables.get(name.id.as_str()).cloned(),
            Expr::Attribute(attribute) if attribute.attr.as_str() == "parent" => {
                inner(&attribute.value).map(Spot::parent)
            }
            Expr::Subscript(subscript) => {
                let Expr::Attribute(attribute) = subscript.value.as_ref() else { return None };
                let Expr::NumberLiteral(number) = subscript.slice.as_ref() else { return None };
                let Number::Int(index) = &number.value else { return None };
                let up = index.as_u8().filter(|_| attribute.attr.as_str() == "parents")?;
                let spot = inner(&attribute.value)?;
                Some((0..=up).fold(spot, |spot, _| spot.parent()))
            }
            Expr::BinOp(sum) if matches!(sum.op, Operator::Div | Operator::Add) => {
                Some(inner(&sum.left)?.join(&sum.right))
            }
            Expr::Call(call) => {
                let first = call.arguments.args.first();
                match names.dotted(&call.func).as_deref() {
                    Some("os.path.dirname") => first.and_then(inner).map(Spot::parent),
                    Some("os.path.join") => {
                        let spot = first.and_then(inner)?;
                        Some(call.arguments.args.iter().skip(1).fold(spot, Spot::join))
                    }
                    Some(
                        "os.path.abspath" | "os.path.realpath" | "os.path.normpath" | "os.fspath" | "pathlib.Path"
                        | "pathlib.PurePath" | "str",
                    ) => first.and_then(inner),
                    _ => method(&call.func, &call.arguments.args, &inner),
                }
            }
            _ => None,
        }
    }

    fn file_itself(&self) -> Spot {
        Spot { parts: self.file.split('/').map(str::to_owned).collect(), exact: true, joined: false }
    }
}

/// What a method of `pathlib.Path` makes of a place.
fn method(func: &Expr, arguments: &[Expr], inner: &dyn Fn(&Expr) -> Option<Spot>) -> Option<Spot> {
    let Expr::Attribute(method) = func else { return None };
    let spot = inner(&method.value)?;
    match method.attr.as_str() {
        "resolve" | "absolute" | "expanduser" | "as_posix" => Some(spot),
        "joinpath" => Some(arguments.iter().fold(spot, Spot::join)),
        "with_name" => Some(spot.parent().join(arguments.first()?)),
        _ => None,
    }
}

impl Spot {
    fn parent(mut self) -> Self {
        self.parts.pop();
        self
    }

    fn join(mut self, part: &Expr) -> Self {
        self.joined = true;
        match part {
            Expr::StringLiteral(text) if self.exact => {
                for part in text.value.to_str().split(['/', '\\']) {
                    match part {
                        "" | "." => {}
                        ".." => {
                            self.parts.pop();
                        }
                        part => self.parts.push(part.to_owned()),
                    }
                }
            }
            _ => self.exact = false,
        }
        self
    }

    /// The path from the root.
    pub fn path(&self) -> String {
        self.parts.join("/")
    }
}
