//! What code does with files, as far as packaging cares: opens them by relative paths, starts Pythons, keeps paths that go.

use super::super::constants::Written;
use super::super::module::{Habit, How, Opened};
use super::super::openers;
use super::Reader;
use crate::facts::RiskKind;
use crate::inspect::syntax::{Expr, ExprCall, Operator, Ranged, Stmt, StmtWith, TextSize, Visitor, visitor};

/// Most paths and habits that are kept of one file.
const MOST: usize = 2_000;

/// Longest line that is shown with what may stand there instead, in bytes.
const LONGEST_LINE: usize = 400;

/// Names of the folders into which a Python is installed.
const PREFIXES: [&str; 4] = ["sys.prefix", "sys.exec_prefix", "sys.base_prefix", "sys.base_exec_prefix"];

/// Blocks that give a path which goes with them.
const GIVING: [&str; 3] = ["importlib.resources.as_file", "importlib_resources.as_file", "importlib.resources.path"];

/// Methods of paths that read, write, make or list what is there.
const METHODS_OF_PATHS: [&str; 8] =
    ["read_text", "read_bytes", "write_text", "write_bytes", "touch", "mkdir", "iterdir", "rglob"];

/// Whether a call is a method that only paths have, and that acts on the path itself.
fn is_method_of_path(call: &ExprCall) -> bool {
    let Expr::Attribute(method) = call.func.as_ref() else { return false };
    METHODS_OF_PATHS.contains(&method.attr.as_str())
}

impl Reader<'_> {
    /// Notes the relative paths that a call is given; whether it writes what it is given.
    pub(super) fn opens(&mut self, call: &ExprCall) -> bool {
        let callee = self.names.dotted(&call.func).unwrap_or_else(|| match call.func.as_ref() {
            // Of what is put together, as in `(folder / "x").write_text(…)`, the method is known.
            Expr::Attribute(method) => format!(".{}", method.attr),
            _ => String::new(),
        });
        self.starts_python(&call.arguments.args, call.start());
        self.installed_data(&callee, call);
        for (folder, keyword) in openers::beside(&callee) {
            let is_named =
                call.arguments.keywords.iter().any(|one| one.arg.as_ref().is_some_and(|arg| arg.as_str() == keyword));
            if !is_named {
                self.beside_folder(folder, call.start());
            }
        }
        let Some(how) = openers::how(&callee) else { return false };
        let how = if how == How::Read && self.mode_writes(call) { How::Written } else { how };
        if self.module.opened.len() < MOST {
            let receiver = self.receiver(call);
            // What a path is given is its content, a mode or a pattern.
            let most = usize::from(!is_method_of_path(call));
            let positional = call.arguments.args.iter().take(if how == How::Perhaps { 4 } else { most });
            let keywords = call
                .arguments
                .keywords
                .iter()
                .filter(|keyword| keyword.arg.as_ref().is_some_and(|name| openers::is_path(how, name.as_str())));
            let given = positional.chain(keywords.map(|keyword| &keyword.value));
            let paths: Vec<Written> =
                given.filter_map(|value| self.constants.path(value, &self.names)).chain(receiver).collect();
            for path in paths {
                self.note(path, how);
            }
        }
        how == How::Written
    }

    /// Of `Path("x").read_text()`: the path.
    fn receiver(&self, call: &ExprCall) -> Option<Written> {
        let Expr::Attribute(method) = call.func.as_ref() else { return None };
        let is_path = matches!(method.value.as_ref(), Expr::Call(_) | Expr::BinOp(_) | Expr::Name(_));
        // Modules have functions of these names, too.
        let acts = ["open", "glob"].contains(&method.attr.as_str()) || is_method_of_path(call);
        if is_path && acts { self.constants.path(&method.value, &self.names) } else { None }
    }

    /// Whether the mode of `open` writes.
    fn mode_writes(&self, call: &ExprCall) -> bool {
        let is_method = matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "open")
            && self.names.dotted(&call.func).is_some_and(|callee| callee.contains("()"));
        let named =
            call.arguments.keywords.iter().find(|one| one.arg.as_ref().is_some_and(|arg| arg.as_str() == "mode"));
        let mode = named.map(|one| &one.value).or_else(|| call.arguments.args.get(usize::from(!is_method)));
        matches!(mode, Some(Expr::StringLiteral(mode)) if mode.value.to_str().contains(['w', 'a', 'x', '+']))
    }

    fn note(&mut self, written: Written, how: How) {
        let Written { path, exact, range } = written;
        let path = path.trim_start_matches("./").to_owned();
        let is_relative = !path.starts_with(['/', '~', '$', '%', ' ']) && !path.contains("://") && !path.contains(':');
        let is_plain = is_relative && !path.is_empty() && !path.contains(['\n', '{', '<']);
        if !is_plain || (how == How::Perhaps && !path.contains(['.', '/'])) || path.len() > 200 {
            return;
        }
        let line = self.lines.line_index(TextSize::new(u32::try_from(range.0).unwrap_or(u32::MAX))).get();
        let text = self.on_one_line(range);
        self.module.opened.push(Opened { path, exact, how, line, text });
    }

    /// The line that an expression is on, and its part of it; `None` where it is on several, or the line is very long.
    pub(super) fn on_one_line(&self, (from, to): (usize, usize)) -> Option<(String, usize, usize)> {
        let start = self.source.get(..from)?.rfind('\n').map_or(0, |at| at + 1);
        let end = self.source.get(from..)?.find('\n').map_or(self.source.len(), |at| from + at);
        let line = self.source.get(start..end).filter(|line| to <= end && line.len() <= LONGEST_LINE)?;
        Some((line.to_owned(), from - start, to - start))
    }

    /// A folder that a framework looks for beside the module.
    fn beside_folder(&mut self, folder: &str, at: TextSize) {
        let line = self.line(at);
        let above = self.module.path.rsplit_once('/').map_or("", |(above, _)| above);
        let path = if above.is_empty() { folder.to_owned() } else { format!("{above}/{folder}") };
        self.habit(RiskKind::FileBesideCode, path, line);
    }

    fn habit(&mut self, kind: RiskKind, what: String, line: usize) {
        if self.module.habits.len() < MOST
            && !self.module.habits.iter().any(|known| known.kind == kind && known.what == what)
        {
            self.module.habits.push(Habit { kind, what, line });
        }
    }

    /// A command that begins with `sys.executable`: `-m` and `-c` need the program's modules in the other Python.
    pub(super) fn starts_python(&mut self, words: &[Expr], at: TextSize) {
        let [first, second, rest @ ..] = words else { return };
        if self.names.dotted(first).as_deref() != Some("sys.executable") {
            return;
        }
        let text = |expr: &Expr| match expr {
            Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
            _ => None,
        };
        let what = match (text(second).as_deref(), rest.first().and_then(text)) {
            (Some("-m"), Some(module)) => format!("[sys.executable, \"-m\", \"{module}\", …]"),
            (Some(option), _) => format!("[sys.executable, \"{option}\", …]"),
            (None, _) => "[sys.executable, …]".to_owned(),
        };
        let line = self.line(at);
        self.habit(RiskKind::StartsPython, what, line);
    }

    /// A path below the folder that a Python is installed in.
    pub(super) fn installed(&mut self, expr: &Expr) {
        let Expr::BinOp(sum) = expr else { return };
        let mut left = sum.left.as_ref();
        let mut parts = vec![sum.right.as_ref()];
        while let Expr::BinOp(inner) = left {
            parts.insert(0, inner.right.as_ref());
            left = &inner.left;
        }
        let of_path = match left {
            Expr::Call(call) if self.names.dotted(&call.func).as_deref() == Some("pathlib.Path") => {
                call.arguments.args.first()
            }
            _ => None,
        };
        if sum.op == Operator::Div
            && let Some(prefix) = of_path
        {
            self.below_prefix(prefix, &parts, expr.start());
        }
    }

    fn installed_data(&mut self, callee: &str, call: &ExprCall) {
        if callee == "os.path.join"
            && let Some((first, rest)) = call.arguments.args.split_first()
        {
            self.below_prefix(first, &rest.iter().collect::<Vec<_>>(), call.start());
        }
        let is_data = |word: &Expr| matches!(word, Expr::StringLiteral(text) if text.value.to_str() == "data");
        if callee == "sysconfig.get_path" && call.arguments.args.first().is_some_and(is_data) {
            let line = self.line(call.start());
            self.habit(RiskKind::InstalledData, "sysconfig.get_path(\"data\")".into(), line);
        }
    }

    fn below_prefix(&mut self, prefix: &Expr, parts: &[&Expr], at: TextSize) {
        let Some(name) = self.names.dotted(prefix).filter(|name| PREFIXES.contains(&name.as_str())) else { return };
        let texts = parts.iter().map_while(|part| match part {
            Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
            _ => None,
        });
        let below: Vec<String> = texts.collect();
        // Where the interpreter itself lies is no data of the program.
        if below.first().is_none_or(|first| !first.starts_with("share") && !first.starts_with("etc")) {
            return;
        }
        let line = self.line(at);
        self.habit(RiskKind::InstalledData, format!("{name}/{}", below.join("/")), line);
    }

    /// A path that `as_file` gives for a block, and that is used when the block is over.
    pub(super) fn kept(&mut self, block: &StmtWith) {
        for item in &block.items {
            let Expr::Call(call) = &item.context_expr else { continue };
            let Some(Expr::Name(name)) = item.optional_vars.as_deref() else { continue };
            let callee = self.names.dotted(&call.func).unwrap_or_default();
            if !GIVING.contains(&callee.as_str()) {
                continue;
            }
            let mut leaving = Leaving { name: name.id.as_str(), leaves: false };
            block.body.iter().for_each(|statement| leaving.visit_stmt(statement));
            if leaving.leaves {
                let line = self.line(block.range.start());
                let short = callee.rsplit('.').next().unwrap_or_default();
                self.habit(RiskKind::PathKept, format!("{short}(…) as {}", name.id), line);
            }
        }
    }
}

/// Looks for a path that leaves its block: it is returned, yielded to nobody, or kept in an attribute.
struct Leaving<'n> {
    name: &'n str,
    leaves: bool,
}

impl Leaving<'_> {
    /// Whether an expression is the path, or the path as a text.
    fn is_it(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(name) => name.id.as_str() == self.name,
            Expr::Call(call) => {
                let converts =
                    matches!(call.func.as_ref(), Expr::Name(name) if matches!(name.id.as_str(), "str" | "Path"));
                converts && call.arguments.args.first().is_some_and(|inner| self.is_it(inner))
            }
            _ => false,
        }
    }
}

impl<'a> Visitor<'a> for Leaving<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Return(given) => self.leaves |= given.value.as_deref().is_some_and(|value| self.is_it(value)),
            Stmt::Assign(assign) => {
                let is_outside = |target: &Expr| matches!(target, Expr::Attribute(_) | Expr::Subscript(_));
                self.leaves |= assign.targets.iter().any(is_outside) && self.is_it(&assign.value);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }
}
