//! How deep the syntax tree of a source text can get, told before there is one.
//!
//! The parser grows its stack, but walking and dropping a tree recurse plainly, so `1+1+1+…` a million times over would
//! overflow. Python itself refuses such sources long before the limit here.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Deepest tree that is parsed.
pub(super) const DEEPEST: usize = 8_000;

/// Whether the tree of this source may be deeper than [`DEEPEST`].
pub(in crate::inspect) fn is_too_deep(source: &str) -> bool {
    is_deeper_than(source, DEEPEST)
}

/// Whether the tree of this source may be deeper than that.
pub(in crate::inspect) fn is_deeper_than(source: &str, deepest: usize) -> bool {
    // Each level costs at least one byte.
    if source.len() < deepest {
        return false;
    }
    let mut lexer = lexer::lex(source, Mode::Module);
    let mut depth = Depth::default();
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return false,
            kind => depth.take(kind),
        }
        if depth.total > deepest {
            return true;
        }
    }
}

/// An upper bound of the depth at the current token.
#[derive(Default)]
struct Depth {
    /// Open blocks, and lambdas of the line: a comma among their parameters ends neither.
    lasting: usize,
    lambdas: usize,
    /// Counts of the enclosing brackets, outermost first, and their sum.
    outer: Vec<usize>,
    outer_sum: usize,
    /// Count of the innermost bracket, or of the line.
    here: usize,
    total: usize,
}

impl Depth {
    fn take(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Indent => self.lasting += 1,
            TokenKind::Dedent => self.lasting = self.lasting.saturating_sub(1),
            TokenKind::Lambda => self.lambdas += 1,
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                self.outer.push(self.here + 1);
                self.outer_sum += self.here + 1;
                self.here = 0;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                self.here = self.outer.pop().unwrap_or_default();
                self.outer_sum -= self.here;
            }
            // Siblings are not nested in one another; the chain around them goes on.
            TokenKind::Comma | TokenKind::Semi => self.here = 0,
            TokenKind::Newline => *self = Self { lasting: self.lasting, ..Self::default() },
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::String
            | TokenKind::NonLogicalNewline
            | TokenKind::Comment => {}
            _ => self.here += 1,
        }
        self.total = self.lasting + self.lambdas + self.here + self.outer_sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_brackets_and_lambdas_are_deep() {
        for deep in ["1+", "a.b", "(", "[1,", "not ", "lambda a, b: ", "x(1, 2)", "a if b else ", "f'{"] {
            assert!(is_too_deep(&deep.repeat(DEEPEST + 100)), "{deep}");
        }
    }

    #[test]
    fn long_lists_and_long_files_are_not() {
        for flat in ["1,", "x = 1 + 1\n", "x(1)\n", "[1],\n", "x = 1; ", "'text' "] {
            assert!(!is_too_deep(&flat.repeat(DEEPEST + 100)), "{flat}");
        }
    }
}
