use super::*;
use crate::inspect::code::module::Literal;

fn read(path: &str, name: &str, text: &str) -> Module {
    super::read(path, name, text, &Room::default())
}

fn imports(text: &str) -> Vec<(String, Need)> {
    let module = read("src/a/b.py", "a.b", text);
    module.imports.into_iter().map(|import| (import.module, import.need)).collect()
}

#[test]
fn relative_imports_become_absolute() {
    assert_eq!(imports("from . import x"), [("a".to_owned(), Need::Always)]);
    assert_eq!(imports("from .c import x"), [("a.c".to_owned(), Need::Always)]);
    assert_eq!(read("a/b/c.py", "a.b.c", "from ..d import x").imports[0].module, "a.d");
    assert_eq!(imports("from ..c import x"), [], "that leads above the top");
    let package = read("a/__init__.py", "a", "from .c import x");
    assert_eq!(package.imports[0].module, "a.c");
}

#[test]
fn the_need_of_an_import_is_that_of_its_surroundings() {
    let need = |text: &str| imports(text).last().unwrap().1;
    assert_eq!(need("if __name__ == '__main__':\n    import x"), Need::Always);
    assert_eq!(need("def f():\n    import x"), Need::Deferred);
    assert_eq!(need("try:\n    import x\nexcept (ImportError, OSError):\n    pass"), Need::Perhaps);
    assert_eq!(need("try:\n    import x\nfinally:\n    pass"), Need::Always);
    assert_eq!(need("import typing as t\nif t.TYPE_CHECKING:\n    import x"), Need::Typing);
    assert_eq!(need("if DEBUG:\n    pass\nelse:\n    import x"), Need::Perhaps);
}

#[test]
fn calls_are_known_by_their_import() {
    let module = read("a.py", "a", "from flask import Flask as F\napp = F('x')\napp.run(port=1, debug=True)\n");
    let callees: Vec<_> = module.calls.iter().map(|call| (call.callee.as_str(), call.line)).collect();
    assert_eq!(callees, [("flask.Flask", 2), ("flask.Flask().run", 3)]);
    assert_eq!(module.calls[1].keyword("port"), Some(&Literal::Number(1)));
}

#[test]
fn a_syntax_error_is_noted_and_the_rest_is_read() {
    let module = read("a.py", "a", "import x\nprint 'old'\nimport y\n");
    assert_eq!(module.unparsed.map(|(line, _)| line), Some(2));
    assert_eq!(module.imports.len(), 2);
}

/// On a stack as large as that of the threads that parse.
fn read_text(text: String) -> Module {
    let reading = std::thread::Builder::new().stack_size(crate::inspect::STACK);
    reading.spawn(move || read("a.py", "a", &text)).unwrap().join().unwrap()
}

#[test]
fn hostile_sources_end_in_a_note() {
    for piece in ["(", "[", "{1:", "-", "not ", "a.", "1+", "f(", "lambda: ", "lambda a, b: ", "x if y else ", "f'{"] {
        let module = read_text(piece.repeat(300_000));
        assert!(module.unparsed.is_some(), "{piece}");
    }
    let blocks: String = (0..900).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    assert!(read_text(blocks).unparsed.is_some());
    let note = read_text("a\n".repeat(MOST_TOKENS)).unparsed;
    assert_eq!(note, Some((1, "it is too long: it has more than 1500000 tokens".to_owned())));
    let deep = format!("x = {}1{}", "(".repeat(2_000), ")".repeat(2_000));
    assert_eq!(read_text(deep).unparsed, None);
    let chain = format!("x = {}1", "1 + ".repeat(DEEPEST - 10));
    assert_eq!(read_text(chain).unparsed, None);
}

#[test]
fn a_long_line_and_zero_bytes_are_read() {
    let line = format!("x = '{}'\nimport y\n", "a".repeat(5_000_000));
    assert_eq!(read_text(line).imports.len(), 1);
    assert!(read_text("import y\n\0\0".to_owned()).unparsed.is_some());
    assert_eq!(read_text("x = x();".repeat(50_000)).calls.len(), 0);
}

#[test]
fn every_head_of_a_real_file_is_read() {
    let text = include_str!("../sample.py.txt");
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let _ = read("a.py", "a", &text[..end]);
    }
}
