//! What a Python file says without being run: constants at its top level, and the arguments of one call.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::inspect::syntax::{
    DEEPEST as DEEPEST_TREE, Expr, ExprCall, ExprContext, MOST_TOKENS, Number, Operator, Ranged, Stmt, Visitor,
    parse_module, walk_expr, walk_stmt, weigh,
};

use super::document::Lines;
use super::literal::{Literal, Value};

/// Deepest nesting of a value that is followed.
const DEEPEST: usize = 32;

/// The largest file that is parsed, in bytes; the tree of one has fifty times as many.
const LARGEST: usize = 1 << 20;

/// How much of constants is put into other values, counted as [`Literal::size`] does: `x = x + x` doubles every time.
const MOST_COPIED: usize = 200_000;

/// A parsed Python file with the constants that hold when it has run.
pub(crate) struct Module {
    lines: Lines,
    body: Vec<Stmt>,
    constants: BTreeMap<String, Literal>,
    /// How much of them may still be copied.
    left: Cell<usize>,
}

/// Keyword arguments of a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Keywords {
    /// Those that are written out; `None` for those that only running the code tells.
    pub(crate) values: BTreeMap<String, Option<Literal>>,
    /// Whether more arguments are unpacked from something that only running the code tells.
    pub(crate) open: bool,
    /// The line of the call, from 1.
    pub(crate) line: usize,
}

impl Module {
    /// Parses a file; the error is a line, a column and a message.
    pub(crate) fn parse(text: &str) -> Result<Self, (usize, usize, String)> {
        let lines = Lines::of(text);
        if text.len() > LARGEST {
            return Err((1, 1, format!("it has {} bytes, and up to {LARGEST} are read", text.len())));
        }
        weigh(text, DEEPEST_TREE, MOST_TOKENS).map_err(|why| (1, 1, why.to_string()))?;
        let parsed = parse_module(text).map_err(|error| {
            let (line, column) = lines.place(text, error.location.start().to_usize());
            (line, column, error.error.to_string())
        })?;
        let body = parsed.into_syntax().body.into_iter().collect();
        let mut module = Self { lines, body, constants: BTreeMap::new(), left: Cell::new(MOST_COPIED) };
        module.constants = module.read_constants();
        Ok(module)
    }

    /// The value of a name at the top level.
    pub(crate) fn constant(&self, name: &str) -> Option<&Literal> {
        self.constants.get(name)
    }

    /// The docstring.
    pub(crate) fn docstring(&self) -> Option<Literal> {
        match self.body.first()? {
            Stmt::Expr(statement) if statement.value.is_string_literal_expr() => self.evaluate(&statement.value),
            _ => None,
        }
    }

    /// The arguments of the last call of a function with this name, however it is imported.
    pub(crate) fn call(&self, function: &str) -> Option<Keywords> {
        let mut search = Calls { function, found: None };
        search.visit_body(&self.body);
        let call = search.found?;
        let mut keywords = Keywords { line: self.line(call), ..Keywords::default() };
        for keyword in &call.arguments.keywords {
            match (&keyword.arg, self.evaluate(&keyword.value)) {
                (Some(name), value) => {
                    keywords.values.insert(name.to_string(), value);
                }
                (None, Some(Literal { value: Value::Table(entries), .. })) => {
                    keywords.values.extend(entries.into_iter().map(|(name, value)| (name, Some(value))));
                }
                (None, _) => keywords.open = true,
            }
        }
        keywords.open |= !call.arguments.args.is_empty();
        Some(keywords)
    }

    /// The value of an expression, as far as it is written out.
    pub(crate) fn evaluate(&self, expression: &Expr) -> Option<Literal> {
        self.evaluate_within(expression, 0)
    }

    fn evaluate_within(&self, expression: &Expr, depth: usize) -> Option<Literal> {
        if depth > DEEPEST {
            return None;
        }
        let inner = |expression: &Expr| self.evaluate_within(expression, depth + 1);
        let all = |items: &[Expr]| items.iter().map(inner).collect::<Option<Vec<_>>>().map(Value::List);
        let value = match expression {
            Expr::StringLiteral(text) => Value::Text(text.value.to_str().to_owned()),
            Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) => Value::Plain(plain(expression)?),
            Expr::List(list) => all(&list.elts)?,
            Expr::Tuple(tuple) => all(&tuple.elts)?,
            Expr::Set(set) => all(&set.elts)?,
            Expr::Dict(dict) => {
                let mut entries = Vec::new();
                for item in &dict.items {
                    let key = inner(item.key.as_ref()?)?.text()?.to_owned();
                    entries.push((key, inner(&item.value)?));
                }
                Value::Table(entries)
            }
            Expr::Name(name) => return self.copy(self.constants.get(name.id.as_str())?, depth),
            Expr::BinOp(sum) if sum.op == Operator::Add => joined(inner(&sum.left)?.value, inner(&sum.right)?.value)?,
            Expr::Call(call) => self.evaluate_call(call, depth)?,
            _ => return None,
        };
        Some(Literal { line: self.line(expression), value })
    }

    /// A value to put into another one at this depth; `None` where it would be too deep there, or too much was copied.
    fn copy(&self, literal: &Literal, depth: usize) -> Option<Literal> {
        let size = literal.size(DEEPEST.checked_sub(depth)?)?;
        self.left.set(self.left.get().checked_sub(size)?);
        Some(literal.clone())
    }

    /// `dict(…)`, `list(…)`, `"…".strip()`, and the package finders of setuptools.
    fn evaluate_call(&self, call: &ExprCall, depth: usize) -> Option<Value> {
        let name = callee(call)?;
        match name {
            "find_packages" | "find_namespace_packages" | "dict" => {
                let mut keywords = Vec::new();
                if let Some(first) = call.arguments.args.first() {
                    keywords.push(("where".to_owned(), self.evaluate_within(first, depth + 1)?));
                }
                for keyword in &call.arguments.keywords {
                    let value = self.evaluate_within(&keyword.value, depth + 1)?;
                    keywords.push((keyword.arg.as_ref()?.to_string(), value));
                }
                match name {
                    "dict" if call.arguments.args.is_empty() => Some(Value::Table(keywords)),
                    "dict" => None,
                    _ => Some(Value::Call(name.to_owned(), keywords)),
                }
            }
            "strip" if call.arguments.is_empty() => {
                let Expr::Attribute(attribute) = &*call.func else { return None };
                let text = self.evaluate_within(&attribute.value, depth + 1)?;
                Some(Value::Text(text.text()?.trim().to_owned()))
            }
            _ => None,
        }
    }

    /// Names assigned once, or added to, at the top level and never touched elsewhere.
    fn read_constants(&mut self) -> BTreeMap<String, Literal> {
        let body = std::mem::take(&mut self.body);
        for statement in &body {
            match statement {
                Stmt::Assign(assign) => {
                    let value = self.evaluate(&assign.value);
                    for target in &assign.targets {
                        self.assign(target, value.as_ref().and_then(|value| self.copy(value, 0)));
                    }
                }
                Stmt::AnnAssign(assign) => {
                    let value = assign.value.as_ref().and_then(|value| self.evaluate(value));
                    self.assign(&assign.target, value);
                }
                Stmt::AugAssign(assign) => {
                    let sum = || {
                        let (left, right) = (self.evaluate(&assign.target)?, self.evaluate(&assign.value)?);
                        let value = joined(left.value, right.value).filter(|_| assign.op == Operator::Add)?;
                        Some(Literal { line: left.line, value })
                    };
                    let sum = sum();
                    self.assign(&assign.target, sum);
                }
                // A function changes nothing until it is called, and then most often only names of its own.
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                other => Touched { constants: &mut self.constants }.visit_stmt(other),
            }
        }
        self.body = body;
        std::mem::take(&mut self.constants)
    }

    fn assign(&mut self, target: &Expr, value: Option<Literal>) {
        match (target, value) {
            (Expr::Name(name), Some(value)) => {
                self.constants.insert(name.id.to_string(), value);
            }
            (target, _) => Touched { constants: &mut self.constants }.forget(target),
        }
    }

    fn line(&self, node: &impl Ranged) -> usize {
        self.lines.line(node.start().to_usize())
    }
}

/// The last part of the name that is called.
fn callee(call: &ExprCall) -> Option<&str> {
    match &*call.func {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

fn plain(expression: &Expr) -> Option<String> {
    match expression {
        Expr::BooleanLiteral(literal) => Some(if literal.value { "True" } else { "False" }.to_owned()),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => Some(value.to_string()),
            Number::Float(value) => Some(format!("{value:?}")),
            Number::Complex { .. } => None,
        },
        _ => None,
    }
}

fn joined(left: Value, right: Value) -> Option<Value> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(Value::Text(left + &right)),
        (Value::List(mut left), Value::List(right)) => {
            left.extend(right);
            Some(Value::List(left))
        }
        _ => None,
    }
}

/// Forgets constants that a statement may change.
struct Touched<'a> {
    constants: &'a mut BTreeMap<String, Literal>,
}

impl Touched<'_> {
    fn forget(&mut self, expression: &Expr) {
        match expression {
            Expr::Name(name) => {
                self.constants.remove(name.id.as_str());
            }
            Expr::Attribute(attribute) => self.forget(&attribute.value),
            Expr::Subscript(subscript) => self.forget(&subscript.value),
            Expr::Starred(starred) => self.forget(&starred.value),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.forget(element)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.forget(element)),
            _ => {}
        }
    }
}

impl Visitor<'_> for Touched<'_> {
    fn visit_expr(&mut self, expression: &Expr) {
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Store => self.forget(expression),
            Expr::Subscript(subscript) if subscript.ctx == ExprContext::Store => self.forget(&subscript.value),
            // `requires.append(…)`; and a function that gets the list may add to it as well.
            Expr::Call(call) => {
                if let Expr::Attribute(attribute) = &*call.func {
                    self.forget(&attribute.value);
                }
                call.arguments.args.iter().for_each(|argument| self.forget(argument));
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// Finds the last call of a function.
struct Calls<'n, 'a> {
    function: &'n str,
    found: Option<&'a ExprCall>,
}

impl<'a> Visitor<'a> for Calls<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression
            && callee(call) == Some(self.function)
        {
            self.found = Some(call);
        }
        walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_that_double_or_nest_without_end_are_left_to_who_runs_the_code() {
        for text in [
            format!("x = [1]\n{}", "x = x + x\n".repeat(60)),
            format!("x = 'a'\n{}", "x += x\n".repeat(60)),
            format!("x = []\n{}", "x = [x, x]\n".repeat(60)),
            format!("x = []\n{}", "x = [x]\n".repeat(50_000)),
            format!("{}x = [{}]\n", "a = ".repeat(5_000), "1, ".repeat(20_000)),
        ] {
            let module = Module::parse(&text).unwrap();
            assert_eq!(module.constant("x").filter(|value| value.size(DEEPEST).is_none()), None);
        }
        let module = Module::parse("a = ['b']\nc = a + ['d']\n").unwrap();
        assert_eq!(module.constant("c").unwrap().texts().unwrap().len(), 2);
    }

    fn setup(text: &str) -> Keywords {
        Module::parse(text).unwrap().call("setup").unwrap()
    }

    fn text(keywords: &Keywords, name: &str) -> Option<String> {
        keywords.values[name].as_ref()?.text().map(str::to_owned)
    }

    #[test]
    fn constants_and_sums_are_followed() {
        let keywords = setup(
            "NAME = 'spam'\nBASE = ['a']\nBASE += ['b']\nsetup(name=NAME, version='1' + '.2', install_requires=BASE + ['c'])\n",
        );
        assert_eq!((text(&keywords, "name"), text(&keywords, "version")), (Some("spam".into()), Some("1.2".into())));
        assert_eq!(keywords.values["install_requires"].as_ref().unwrap().texts().unwrap().len(), 3);
    }

    #[test]
    fn what_a_condition_changes_is_unknown() {
        let keywords = setup(
            "R = ['a']\nif sys.platform == 'win32':\n    R.append('b')\nsetup(install_requires=R, version=read())\n",
        );
        assert_eq!(keywords.values["install_requires"], None);
        assert_eq!(keywords.values["version"], None);
    }

    #[test]
    fn unpacked_dictionaries_are_followed_where_they_are_written_out() {
        let keywords = setup("about = dict(name='spam')\nif True:\n    setuptools.setup(**about)\n");
        assert_eq!((text(&keywords, "name"), keywords.open), (Some("spam".into()), false));
        assert!(setup("setup(**read())").open);
    }

    #[test]
    fn broken_python_names_its_place() {
        let Err((line, column, _)) = Module::parse("x = 1\nsetup(\n").map(|_| ()) else { panic!("it is broken") };
        assert!(line >= 2 && column >= 1);
    }
}
