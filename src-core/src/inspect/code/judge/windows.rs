//! `gui-toolkit`.

use super::found::Found;
use crate::facts::{EntryKind, Evidence, Source};
use crate::inspect::code::libraries::{self, Libraries, Toolkit};
use crate::inspect::code::module::{Import, Module, Need, top};
use crate::inspect::code::whole::Code;

pub(super) fn judge(code: &Code, found: &mut Found) {
    if let Some(toolkit) = toolkit(code) {
        if let Some(tag) = &toolkit.value.tag {
            found.set("gui-toolkit", &[tag], toolkit.source);
        }
        return;
    }
    // What others build on opens no window itself, but is made with what it requires.
    let built_with = || Libraries::get().gui.iter().find_map(|toolkit| required(code, toolkit));
    if let Some((tag, source)) = built_with() {
        found.set("gui-toolkit", &[tag], source);
        return;
    }
    let imports_any = |toolkit: &Toolkit| imported(code, toolkit, Need::Perhaps).is_some();
    if !code.program.modules.is_empty() && !Libraries::get().gui.iter().any(imports_any) {
        found.set("gui-toolkit", &["none"], Source::Tree { seen: "no import of a window toolkit".into() });
    }
}

/// The toolkit that a library or a plug-in requires and surely imports.
fn required<'a>(code: &Code, toolkit: &'a Toolkit) -> Option<(&'a str, Source)> {
    let tag = toolkit.tag.as_deref().filter(|_| !code.is_program())?;
    (code.least_need(&toolkit.modules) == Need::Perhaps).then_some(())?;
    Some((tag, imported(code, toolkit, Need::Always)?))
}

/// The toolkit of a program that surely opens a window: it starts one, or it is declared graphical and imports one.
pub(super) fn toolkit(code: &Code) -> Option<Evidence<&'static Toolkit>> {
    if !code.is_program() {
        return None;
    }
    opened(code, &code.reached_first()).or_else(|| {
        code.entry_points.first().copied().filter(|entry| entry.kind == EntryKind::Gui)?;
        Libraries::get().gui.iter().find_map(|toolkit| {
            let source = imported(code, toolkit, Need::Deferred)?;
            Some(Evidence { value: toolkit, source })
        })
    })
}

/// The toolkit that these modules start, with the line.
pub(in crate::inspect::code) fn opened(code: &Code, reached: &[&Module]) -> Option<Evidence<&'static Toolkit>> {
    Libraries::get().gui.iter().find_map(|toolkit| {
        let least = code.least_need(&toolkit.modules);
        let mut importing = reached.iter().filter(|module| module.needs_any(&toolkit.modules, least));
        let source = importing.find_map(|module| start(module, toolkit, least))?;
        Some(Evidence { value: toolkit, source })
    })
}

fn start(module: &Module, toolkit: &Toolkit, least: Need) -> Option<Source> {
    let starts = |name: &str| {
        toolkit.modules.iter().any(|module| module == top(name))
            && toolkit.starts.iter().any(|start| libraries::ends_with(name, start))
    };
    let call = module.calls.iter().find(|call| starts(&call.callee)).map(|call| call.line);
    let class =
        || module.definitions.iter().find(|class| class.is_class && class.parts.iter().any(|base| starts(base)));
    // After `from tkinter import *` the names cannot be told apart; the star itself says enough.
    let star = || {
        let is_star = |import: &&Import| {
            import.names.iter().any(|name| name == "*")
                && import.need <= least
                && toolkit.modules.iter().any(|module| module == import.top())
        };
        module.imports.iter().find(is_star).map(|import| import.line)
    };
    let line = call.or_else(|| class().map(|class| class.line)).or_else(star)?;
    Some(Source::line(&module.path, line))
}

fn imported(code: &Code, toolkit: &Toolkit, least: Need) -> Option<Source> {
    code.program.modules.iter().find_map(|module| {
        let is_toolkit =
            |import: &&Import| import.need <= least && toolkit.modules.iter().any(|name| name == import.top());
        let import = module.imports.iter().find(is_toolkit)?;
        Some(Source::Import { module: import.module.clone(), path: module.path.clone(), line: import.line })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{source, tags};
    use crate::facts::{EntryKind, EntryPoint, Requirement, Source};
    use crate::inspect::code::{Given, sample};

    #[test]
    fn every_toolkit_is_known_by_how_it_starts() {
        for (tag, text) in [
            ("tk", "import tkinter\ntkinter.Tk()"),
            ("tk", "from tkinter import *\nroot = Tk()"),
            ("qt", "from PySide6 import QtWidgets\nQtWidgets.QApplication([])"),
            ("qt", "from PyQt5.QtWidgets import QMainWindow\nclass W(QMainWindow): pass"),
            ("gtk", "from gi.repository import Gtk\nclass A(Gtk.Application): pass"),
            ("kivy", "from kivy.app import App\nclass A(App): pass"),
            ("toga", "import toga\nclass A(toga.App): pass"),
            ("cocoa", "import rumps\nrumps.App('tides').run()"),
            ("cocoa", "from AppKit import NSApplication\nNSApplication.sharedApplication()"),
            ("webview", "import webview\nwebview.create_window('a')"),
            ("pygame", "import pygame\npygame.display.set_mode((1, 2))"),
        ] {
            assert_eq!(tags(&sample::script(text).facts, "gui-toolkit"), [tag], "{text}");
        }
    }

    #[test]
    fn a_toolkit_that_is_only_tried_leaves_it_open() {
        let text = "try:\n    import tkinter\nexcept ImportError:\n    tkinter = None\n";
        assert!(tags(&sample::script(text).facts, "gui-toolkit").is_empty());
    }

    #[test]
    fn a_star_import_that_is_tried_counts_where_the_toolkit_is_required() {
        let text = "try:\n    from PyQt5.QtWidgets import *\nexcept ImportError:\n    from PyQt4.QtGui import *\nQApplication([])\n";
        let requires = |name: &str| [Requirement { text: name.into(), name: name.into(), source: Source::User }];
        let entries = [EntryPoint::new("a", EntryKind::Console, "a:main", Source::User)];
        let toolkit = |dependencies: &[Requirement], entry_points: &[EntryPoint]| {
            let declared = Given { name: "a", has_metadata: true, dependencies, entry_points, ..Given::default() };
            tags(&sample::scanned(&[("a.py", text)], &declared).facts, "gui-toolkit")
        };
        assert_eq!(toolkit(&requires("pyqt5"), &entries), ["qt"]);
        assert_eq!(toolkit(&requires("click"), &entries), [""; 0]);
    }

    #[test]
    fn a_plug_in_is_made_with_the_toolkit_that_it_requires() {
        let dependencies = [Requirement { text: "qtpy".into(), name: "qtpy".into(), source: Source::User }];
        let declared = Given { name: "a", has_metadata: true, dependencies: &dependencies, ..Given::default() };
        let facts = sample::scanned(&[("a/__init__.py", "from qtpy.QtWidgets import QWidget")], &declared).facts;
        assert_eq!(tags(&facts, "gui-toolkit"), ["qt"]);
    }

    #[test]
    fn no_import_of_any_is_none() {
        let facts = sample::script("import json").facts;
        assert_eq!(tags(&facts, "gui-toolkit"), ["none"]);
        assert_eq!(source(&facts, "gui-toolkit"), "no import of a window toolkit");
    }
}
