//! How deep and how large the syntax tree of a source text can get, told before there is one.
//!
//! The parser grows its stack, but walking and dropping a tree recurse plainly, so `1+1+1+…` a million times over would
//! overflow. Python itself refuses such sources long before the limit here. And `a` on each of a million lines makes a
//! tree that is a hundred times as large as its text.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Deepest tree that is parsed.
pub(in crate::inspect) const DEEPEST: usize = 8_000;

/// Most tokens that are parsed at a time: each takes up to 220 bytes of its tree, and twenty of ordinary code.
pub(in crate::inspect) const MOST_TOKENS: usize = 1_500_000;

/// Why a source text is not parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::inspect) enum TooMuch {
    /// The tree may be deeper than that.
    #[error("its expressions are nested too deeply")]
    Deep,
    /// It has more tokens than that.
    #[error("it is too long: it has more than {0} tokens")]
    Long(usize),
}

/// At most how many tokens a source text has, where its tree is no deeper than that and they are not too many.
pub(in crate::inspect) fn weigh(source: &str, deepest: usize, most: usize) -> Result<usize, TooMuch> {
    // Each level costs at least one byte, and so does each token.
    if source.len() < deepest.min(most) {
        return Ok(source.len());
    }
    let mut lexer = lexer::lex(source, Mode::Module);
    let mut depth = Depth::default();
    let mut tokens = 0;
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return Ok(tokens),
            kind => depth.take(kind),
        }
        tokens += 1;
        if depth.total > deepest {
            return Err(TooMuch::Deep);
        }
        if tokens > most {
            return Err(TooMuch::Long(most));
        }
    }
}

/// Room for all trees that are there at a time, in tokens: several threads parse, on some machines very many.
#[derive(Debug)]
pub(in crate::inspect) struct Room {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// A part of a room, until it is dropped.
#[derive(Debug)]
pub(in crate::inspect) struct Place<'a> {
    room: &'a Room,
    tokens: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { free: Mutex::new(MOST_TOKENS), given_back: Condvar::new() }
    }
}

impl Room {
    /// Waits for room for so many tokens, at most [`MOST_TOKENS`].
    pub fn take(&self, tokens: usize) -> Place<'_> {
        let tokens = tokens.min(MOST_TOKENS);
        let free = self.given_back.wait_while(self.free(), |free| *free < tokens);
        *free.unwrap_or_else(PoisonError::into_inner) -= tokens;
        Place { room: self, tokens }
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.room.free() += self.tokens;
        self.room.given_back.notify_all();
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

    fn weighed(source: &str) -> Result<usize, TooMuch> {
        weigh(source, DEEPEST, MOST_TOKENS)
    }

    #[test]
    fn chains_brackets_and_lambdas_are_deep() {
        for deep in ["1+", "a.b", "(", "[1,", "not ", "lambda a, b: ", "x(1, 2)", "a if b else ", "f'{"] {
            assert_eq!(weighed(&deep.repeat(DEEPEST + 100)), Err(TooMuch::Deep), "{deep}");
        }
    }

    #[test]
    fn long_lists_and_long_files_are_not() {
        for flat in ["1,", "x = 1 + 1\n", "x(1)\n", "[1],\n", "x = 1; ", "'text' "] {
            assert!(weighed(&flat.repeat(DEEPEST + 100)).is_ok(), "{flat}");
        }
    }

    #[test]
    fn tokens_count_and_not_bytes() {
        assert_eq!(weighed(&"a\n".repeat(MOST_TOKENS)), Err(TooMuch::Long(MOST_TOKENS)));
        assert_eq!(weighed(&format!("a = '{}'\n", "x".repeat(MOST_TOKENS))), Ok(4));
        assert_eq!(weigh("a\n", DEEPEST, 10), Ok(2));
        assert_eq!(weigh(&"a\n".repeat(6), DEEPEST, 10), Err(TooMuch::Long(10)));
    }

    #[test]
    fn who_finds_no_room_waits_until_there_is_some() {
        let room = Room::default();
        let first = room.take(MOST_TOKENS);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| drop(room.take(1)));
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!second.is_finished(), "there was no room");
            drop(first);
            second.join().unwrap();
        });
        assert_eq!(*room.free(), MOST_TOKENS);
    }
}
