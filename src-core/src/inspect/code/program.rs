//! The parsed files of a program and how they import one another.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::exposed;
use super::layout::{Layout, Location};
use super::module::Module;
use super::{notebook, reader};
use crate::inspect::STACK;
use crate::inspect::syntax::Room;
use crate::inspect::tree::Tree;

/// Files above this size, in bytes, are not parsed: they are data written as Python.
const PARSE_LIMIT: usize = 5 * 1024 * 1024;

/// Most files that are parsed; those nearest to the top come first.
const MOST_FILES: usize = 3_000;

/// Most bytes that are parsed, most entries that are kept of them, and the time after which no other file is begun.
const MOST_BYTES: usize = 64 << 20;
const MOST_ENTRIES: usize = 300_000;
const LATEST: Duration = Duration::from_secs(12);

/// How far imports are followed from where the program starts.
const HOPS: usize = 3;

/// The parsed files of a program.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// One for each file, by path.
    pub modules: Vec<Module>,
    /// How many files were not parsed because there are too many.
    pub unread: usize,
    by_name: HashMap<String, usize>,
}

impl Program {
    /// Reads and parses the files of a layout, on all cores.
    pub fn read(tree: &Tree, layout: &Layout) -> Self {
        let mut files: Vec<&Location> = layout.files.iter().collect();
        files.sort_by_key(|file| (file.path.matches('/').count(), &file.path));
        let all = files.len();
        files.truncate(MOST_FILES);
        let mut modules = Readers::default().read(tree, &files);
        let unread = all - modules.len();
        modules.sort_by(|left, right| left.path.cmp(&right.path));
        let by_name = modules.iter().enumerate().map(|(index, module)| (module.name.clone(), index)).collect();
        Self { modules, unread, by_name }
    }

    /// The module with this dotted name.
    pub fn module(&self, name: &str) -> Option<&Module> {
        self.by_name.get(name).map(|index| &self.modules[*index])
    }

    /// The module at this path.
    pub fn at(&self, path: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.path == path)
    }

    /// A module and the own ones that it imports, over a few hops, nearest first.
    pub fn reached_from<'a>(&'a self, start: &'a Module) -> Vec<&'a Module> {
        let mut reached = vec![start];
        let mut edge = 0..1;
        for _ in 0..HOPS {
            let next: Vec<&Module> = reached[edge.clone()].iter().flat_map(|module| self.imported_by(module)).collect();
            edge = reached.len()..reached.len();
            for module in next {
                if !reached.iter().any(|known| known.path == module.path) {
                    reached.push(module);
                    edge.end += 1;
                }
            }
        }
        reached
    }

    fn imported_by<'a>(&'a self, module: &'a Module) -> impl Iterator<Item = &'a Module> {
        module.imports.iter().flat_map(move |import| {
            let inner = import.names.iter().filter_map(move |name| self.module(&format!("{}.{name}", import.module)));
            self.module(&import.module).into_iter().chain(inner)
        })
    }
}

/// What the threads that parse share.
#[derive(Debug, Default)]
struct Readers {
    next: AtomicUsize,
    bytes: AtomicUsize,
    entries: AtomicUsize,
    room: Room,
}

impl Readers {
    /// Parses files in their order, until there are no more or it was enough.
    fn read(&self, tree: &Tree, files: &[&Location]) -> Vec<Module> {
        let threads = thread::available_parallelism().map_or(1, usize::from).min(files.len().div_ceil(8)).max(1);
        let began = Instant::now();
        let work = || {
            let mut modules = Vec::new();
            while let Some(file) = files.get(self.next.fetch_add(1, Ordering::Relaxed)) {
                if self.has_enough() || began.elapsed() > LATEST {
                    break;
                }
                let module = self.read_one(tree, file);
                self.entries.fetch_add(module.entries(), Ordering::Relaxed);
                modules.push(module);
            }
            modules
        };
        thread::scope(|scope| {
            let spawn = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok();
            let workers: Vec<_> = (0..threads).filter_map(spawn).collect();
            workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
        })
    }

    fn has_enough(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > MOST_BYTES || self.entries.load(Ordering::Relaxed) > MOST_ENTRIES
    }

    fn read_one(&self, tree: &Tree, file: &Location) -> Module {
        let unparsed = |message: &str| Module {
            path: file.path.clone(),
            name: file.name.clone(),
            unparsed: Some((1, message.to_owned())),
            ..Module::default()
        };
        let read = tree.read(&file.path);
        let read = if notebook::is_notebook(&file.path) {
            // Pictures are most of it, and are gone before the text is weighed.
            read.map(|text| text.and_then(|text| notebook::python(&text)))
        } else {
            read
        };
        match read {
            Ok(Some(source)) if source.len() > PARSE_LIMIT => unparsed("it is larger than 5 MB"),
            Ok(Some(source)) => {
                self.bytes.fetch_add(source.len(), Ordering::Relaxed);
                // A bug in the parser must not take the inspection down with it.
                let read = catch_unwind(AssertUnwindSafe(|| reader::read(&file.path, &file.name, &source, &self.room)));
                let module = read.unwrap_or_else(|_| unparsed("the parser gave up"));
                Module { shown: exposed::shown(&file.path, &source), ..module }
            }
            Ok(None) => unparsed("it is no text"),
            Err(error) => unparsed(&error.to_string()),
        }
    }
}
