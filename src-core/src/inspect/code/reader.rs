//! From source text to a [`Module`]: one walk over the syntax tree.

mod attempts;

use std::collections::HashMap;

use self::attempts::Attempts;
use super::constants::Constants;
use super::guards::{acts, is_main_guard};
use super::libraries;
use super::module::{Beside, Call, Definition, Import, Module, Need, top};
use super::names::{LONGEST_TEXT, Names};
use super::spot::Spots;
use crate::inspect::syntax::{
    DEEPEST, Decorator, Expr, Keyword, LineIndex, MOST_TOKENS, ModModule, Parsed, Ranged, Room, Stmt, StmtIf,
    StmtImportFrom, TextSize, Visitor, parse_what_can_be, visitor, weigh,
};

mod opening;

/// Most imports that are kept of one file.
const MOST_IMPORTS: usize = 5_000;

/// Reads a file, once there is room for its tree; what cannot be parsed is said in [`Module::unparsed`], and the rest is
/// read all the same.
pub(super) fn read(path: &str, name: &str, source: &str, room: &Room) -> Module {
    let mut module = Module {
        path: path.to_owned(),
        name: name.to_owned(),
        is_package: path.ends_with("__init__.py"),
        has_shebang: source.lines().next().is_some_and(|line| line.starts_with("#!") && line.contains("python")),
        ..Module::default()
    };
    let tokens = match weigh(source, DEEPEST, MOST_TOKENS) {
        Ok(tokens) => tokens,
        Err(why) => {
            module.unparsed = Some((1, why.to_string()));
            return module;
        }
    };
    let _place = room.take(tokens);
    let Some(parsed) = parse_what_can_be(source) else {
        return module;
    };
    let lines = LineIndex::from_source_text(source);
    module.unparsed = first_error(&parsed, &lines);
    let spots = Spots { file: path, variables: HashMap::new() };
    let mut reader = Reader {
        module,
        lines,
        names: Names::default(),
        spots,
        names_itself: source.contains("__file__"),
        deferred: 0,
        perhaps: 0,
        typing: 0,
        in_spot: 0,
        writing: 0,
        source,
        constants: Constants::default(),
        attempts: Attempts::default(),
    };
    for statement in &parsed.syntax().body {
        reader.top_level(statement);
    }
    reader.settle_attempts();
    reader.module
}

fn first_error(parsed: &Parsed<ModModule>, lines: &LineIndex) -> Option<(usize, String)> {
    let error = parsed.errors().first()?;
    Some((lines.line_index(error.location.start()).get(), error.error.to_string()))
}

struct Reader<'a> {
    module: Module,
    lines: LineIndex,
    names: Names,
    spots: Spots<'a>,
    /// Whether the source names `__file__` at all; most do not, and then there are no places to look for.
    names_itself: bool,
    /// How many functions, conditions, type-checking blocks and evaluated paths enclose the current node.
    deferred: usize,
    perhaps: usize,
    typing: usize,
    in_spot: usize,
    /// How many calls that write what their argument names enclose it.
    writing: usize,
    source: &'a str,
    /// Names that stand for a text.
    constants: Constants,
    attempts: Attempts,
}

impl Reader<'_> {
    fn line(&self, offset: TextSize) -> usize {
        self.lines.line_index(offset).get()
    }

    fn top_level(&mut self, statement: &Stmt) {
        let line = self.line(statement.start());
        match statement {
            Stmt::FunctionDef(function) => self.module.definitions.push(Definition {
                name: function.name.to_string(),
                parts: function.parameters.iter().map(|parameter| parameter.name().to_string()).collect(),
                is_class: false,
                is_coroutine: function.is_async && function.decorator_list.is_empty(),
                line,
            }),
            Stmt::ClassDef(class) => self.module.definitions.push(Definition {
                name: class.name.to_string(),
                parts: class.bases().iter().filter_map(|base| self.names.dotted(base)).collect(),
                is_class: true,
                is_coroutine: false,
                line,
            }),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    if let Expr::Name(name) = target {
                        self.module.assigned.push((name.id.to_string(), line));
                    }
                }
            }
            Stmt::If(condition) if is_main_guard(&condition.test) => {
                self.module.main_guard.get_or_insert(line);
            }
            other => self.module.acts_on_import |= acts(other),
        }
        self.note_ending(statement);
        self.visit_stmt(statement);
    }

    fn need(&self) -> Need {
        match (self.typing, self.perhaps, self.deferred) {
            (0, 0, 0) => Need::Always,
            (0, 0, _) => Need::Deferred,
            (0, _, _) => Need::Perhaps,
            _ => Need::Typing,
        }
    }

    fn import(&mut self, module: String, names: Vec<String>, at: TextSize) {
        if self.module.imports.len() < MOST_IMPORTS {
            let (line, need) = (self.line(at), self.need());
            self.module.imports.push(Import { module, names, line, need });
        }
    }

    fn import_from(&mut self, statement: &StmtImportFrom) {
        let Some(module) = self.absolute(statement) else { return };
        for alias in &statement.names {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.names.bind(bound.as_str(), format!("{module}.{}", alias.name));
        }
        let names = statement.names.iter().map(|alias| alias.name.to_string()).collect();
        self.import(module, names, statement.range.start());
    }

    /// The absolute name of a relative import; `None` when it leads above the top.
    fn absolute(&self, statement: &StmtImportFrom) -> Option<String> {
        let module = statement.module.as_ref().map_or("", |module| module.as_str());
        if statement.level == 0 {
            return Some(module.to_owned());
        }
        let mut package = self.module.package();
        for _ in 1..statement.level {
            package = package.rsplit_once('.')?.0;
        }
        Some(match (package, module) {
            ("", module) => module.to_owned(),
            (package, "") => package.to_owned(),
            (package, module) => format!("{package}.{module}"),
        })
    }

    fn assign(&mut self, target: &Expr, value: &Expr) {
        let Expr::Name(name) = target else { return };
        self.constants.bind(name.id.as_str(), value, &self.names);
        let spot = if self.names_itself { self.spots.of(value, &self.names) } else { None };
        if let Some(spot) = spot {
            self.spots.variables.insert(name.id.to_string(), spot);
        } else if value.is_call_expr()
            && self.names.knows(value)
            && let Some(meaning) = self.names.dotted(value).filter(|meaning| meaning.len() <= LONGEST_TEXT)
        {
            self.names.bind(name.id.as_str(), meaning);
        }
    }

    fn condition(&mut self, statement: &StmtIf) {
        self.visit_expr(&statement.test);
        let checks_types = self.names.dotted(&statement.test).is_some_and(|name| name.ends_with("TYPE_CHECKING"));
        let runs = is_main_guard(&statement.test);
        self.note_demand(statement);
        self.typing += usize::from(checks_types);
        self.perhaps += usize::from(!checks_types && !runs);
        self.visit_body(&statement.body);
        self.typing -= usize::from(checks_types);
        self.perhaps += usize::from(checks_types || runs);
        for clause in &statement.elif_else_clauses {
            visitor::walk_elif_else_clause(self, clause);
        }
        self.perhaps -= 1;
    }

    fn keep_call(&mut self, function: &Expr, arguments: &[Expr], keywords: &[Keyword]) {
        let is_built_in = matches!(function, Expr::Name(name) if name.id.as_str() == "__import__");
        if !is_built_in && !self.names.knows(function) {
            return;
        }
        let Some(callee) = self.names.dotted(function).filter(|callee| is_built_in || libraries::speaks(top(callee)))
        else {
            return;
        };
        let arguments = arguments.iter().take(4).map(|argument| self.names.literal(argument)).collect();
        let keywords = keywords.iter().take(16).filter_map(|keyword| {
            let name = keyword.arg.as_ref()?.to_string();
            Some((name, self.names.literal(&keyword.value)))
        });
        let keywords = keywords.collect();
        let line = self.line(function.start());
        let is_conditional = self.perhaps > 0;
        self.module.calls.push(Call { callee, arguments, keywords, is_conditional, line });
    }

    /// Notes a path beside the code; the parts of the expression are then no paths of their own.
    fn spot(&mut self, expr: &Expr) -> bool {
        if self.in_spot > 0 || !self.names_itself {
            return false;
        }
        let Some(spot) = self.spots.of(expr, &self.names) else { return false };
        let line = self.line(expr.start());
        let path = spot.path();
        let is_above = path.is_empty() || self.module.path.starts_with(&format!("{path}/"));
        if spot.joined && !(is_above && spot.exact) {
            let writes = self.writing > 0;
            let text = self.on_one_line((expr.start().to_usize(), expr.end().to_usize()));
            self.module.beside.push(Beside { path, exact: spot.exact, line, writes, text });
        }
        true
    }
}

impl<'a> Visitor<'a> for Reader<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let module = alias.name.to_string();
                    match &alias.asname {
                        Some(name) => self.names.bind(name.as_str(), module.clone()),
                        None => self.names.bind(top(&module), top(&module).to_owned()),
                    }
                    self.import(module, Vec::new(), import.range.start());
                }
            }
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::FunctionDef(_) => {
                self.deferred += 1;
                visitor::walk_stmt(self, statement);
                self.deferred -= 1;
            }
            Stmt::If(condition) => self.condition(condition),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, &assign.value);
                }
                visitor::walk_stmt(self, statement);
            }
            Stmt::With(block) => {
                self.kept(block);
                visitor::walk_stmt(self, statement);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {}

    /// `@click.command` and `@click.command()` mean the same; both are kept as calls.
    fn visit_decorator(&mut self, decorator: &'a Decorator) {
        if !decorator.expression.is_call_expr() {
            self.keep_call(&decorator.expression, &[], &[]);
        }
        visitor::walk_decorator(self, decorator);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let (mut is_spot, mut writes) = (false, false);
        match expr {
            Expr::Call(call) => {
                writes = self.opens(call);
                self.writing += usize::from(writes);
                is_spot = self.names.changes_search_path(&call.func) || self.spot(expr);
                self.keep_call(&call.func, &call.arguments.args, &call.arguments.keywords);
            }
            Expr::BinOp(_) => {
                is_spot = self.spot(expr);
                self.installed(expr);
            }
            Expr::List(list) => self.starts_python(&list.elts, expr.start()),
            Expr::Attribute(attribute)
                if attribute.attr.as_str() == "argv" && self.names.dotted(expr).as_deref() == Some("sys.argv") =>
            {
                let line = self.line(expr.start());
                self.module.argv.get_or_insert(line);
            }
            Expr::StringLiteral(text) => {
                let line = self.line(expr.start());
                match text.value.to_str() {
                    "PORT" => {
                        self.module.port_variable.get_or_insert(line);
                    }
                    "--help" | "--version" | "-h" => {
                        self.module.help_option.get_or_insert(line);
                    }
                    _ => {}
                }
                return;
            }
            _ => {}
        }
        self.in_spot += usize::from(is_spot);
        visitor::walk_expr(self, expr);
        self.in_spot -= usize::from(is_spot);
        self.writing -= usize::from(writes);
    }
}

#[cfg(test)]
mod tests;
