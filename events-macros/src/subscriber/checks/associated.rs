//! Whether the source has the attribute directly in an impl block or in a trait.
//!
//! The input of an attribute macro is the function alone, and an associated function without `self` looks like a free
//! one. Its registration does not compile there, but the compiler's error about that does not name
//! the remedy. So the macro looks into the source file, if the attribute is indented. In doubt, also inside of a call
//! of another macro, the answer is no, and the compiler reports the error.

use std::{cell::RefCell, collections::HashMap, fs, path::PathBuf, rc::Rc};

/// A line and a column, both from 1.
type Position = (usize, usize);

thread_local! {
    /// The groups of each file that was read: a process expands the attributes of one crate.
    static FILES: RefCell<HashMap<PathBuf, Rc<[Group]>>> = RefCell::default();
}

/// Whether the attribute that is expanded is directly in an impl block or in a trait.
pub(in crate::subscriber) fn is_associated() -> bool {
    if !proc_macro::is_available() {
        return false;
    }
    let attribute = proc_macro::Span::call_site();
    let position = (attribute.line(), attribute.column());
    if position.1 == 1 {
        return false;
    }
    let Some(path) = attribute.local_file() else {
        return false;
    };
    let groups = FILES.with_borrow_mut(|files| {
        let groups = files.entry(path).or_insert_with_key(|path| {
            let source = fs::read_to_string(path).unwrap_or_default();
            groups(&source).into()
        });
        Rc::clone(groups)
    });
    is_in_items(&groups, position)
}

/// Whether the innermost of the groups around the position has associated items, and none is the input of a macro.
fn is_in_items(groups: &[Group], position: Position) -> bool {
    let around = groups.iter().filter(|group| {
        let ends_behind = group.end.is_some_and(|end| position < end);
        group.start < position && ends_behind
    });
    let innermost = around.max_by_key(|group| group.start);
    innermost.is_some_and(|group| group.has_associated && !group.is_in_macro)
}

/// A pair of delimiters and what is between them.
struct Group {
    start: Position,
    end: Option<Position>,
    /// Whether it is the block of an `impl` or a `trait`.
    has_associated: bool,
    /// Whether it is the input of a macro, or inside of one.
    is_in_macro: bool,
}

/// What begins the current item or statement.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    Nothing,
    Associated,
    Other,
}

/// All groups of a source text.
fn groups(source: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // For each open group its index, and for the file, what begins the current item.
    let mut open: Vec<usize> = Vec::new();
    let mut starts = vec![Start::Nothing];
    let mut follows_bang = false;
    let mut tokens = Tokens::new(source);
    while let Some((position, token)) = tokens.next() {
        let current = starts.len() - 1;
        match token {
            Token::Word(word) => match word.as_str() {
                "pub" | "unsafe" | "default" => {}
                _ if starts[current] != Start::Nothing => {}
                "impl" | "trait" => starts[current] = Start::Associated,
                _ => starts[current] = Start::Other,
            },
            Token::Punctuation(character @ ('{' | '(' | '[')) => {
                let has_associated = character == '{' && starts[current] == Start::Associated;
                let is_outer_in_macro = open.last().is_some_and(|&outer| groups[outer].is_in_macro);
                open.push(groups.len());
                starts.push(Start::Nothing);
                groups.push(Group {
                    start: position,
                    end: None,
                    has_associated,
                    is_in_macro: follows_bang || is_outer_in_macro,
                });
                follows_bang = false;
            }
            Token::Punctuation(character @ ('}' | ')' | ']')) => {
                let Some(index) = open.pop() else { break };
                groups[index].end = Some(position);
                starts.pop();
                if character == '}' {
                    starts[current - 1] = Start::Nothing;
                }
                follows_bang = false;
            }
            Token::Punctuation('!') => follows_bang = true,
            Token::Punctuation(';') => {
                starts[current] = Start::Nothing;
                follows_bang = false;
            }
            Token::Punctuation('#') => {}
            Token::Punctuation(_) | Token::Literal => {
                follows_bang = false;
                if starts[current] == Start::Nothing {
                    starts[current] = Start::Other;
                }
            }
        }
    }
    groups
}

enum Token {
    Word(String),
    Punctuation(char),
    /// A text or a character.
    Literal,
}

/// The tokens of a source text, without comments and lifetimes.
struct Tokens<'s> {
    rest: std::iter::Peekable<std::str::Chars<'s>>,
    position: Position,
}

impl<'s> Tokens<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            rest: source.chars().peekable(),
            position: (1, 1),
        }
    }

    fn step(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        self.position = match character {
            '\n' => (self.position.0 + 1, 1),
            _ => (self.position.0, self.position.1 + 1),
        };
        Some(character)
    }

    fn step_if(&mut self, expected: char) -> bool {
        let is_next = self.rest.peek() == Some(&expected);
        if is_next {
            self.step();
        }
        is_next
    }

    fn next(&mut self) -> Option<(Position, Token)> {
        loop {
            let position = self.position;
            let token = match self.step()? {
                '/' if self.step_if('/') => {
                    while self.rest.peek().is_some_and(|&next| next != '\n') {
                        self.step();
                    }
                    continue;
                }
                '/' if self.step_if('*') => {
                    self.skip_comment();
                    continue;
                }
                '"' => {
                    self.skip_text();
                    Token::Literal
                }
                '\'' => match self.skip_character_or_lifetime() {
                    true => Token::Literal,
                    false => continue,
                },
                first if first == '_' || first.is_alphanumeric() => self.word_or_text(first),
                space if space.is_whitespace() => continue,
                other => Token::Punctuation(other),
            };
            return Some((position, token));
        }
    }

    /// Skips the rest of a comment, which may contain others.
    fn skip_comment(&mut self) {
        let mut depth = 1;
        while depth > 0 {
            match self.step() {
                Some('*') if self.step_if('/') => depth -= 1,
                Some('/') if self.step_if('*') => depth += 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    /// Skips the rest of a text with escapes.
    fn skip_text(&mut self) {
        while let Some(character) = self.step() {
            match character {
                '"' => return,
                '\\' => drop(self.step()),
                _ => {}
            }
        }
    }

    /// Skips the rest of a character, and returns true, or returns false for a lifetime, whose name is skipped.
    fn skip_character_or_lifetime(&mut self) -> bool {
        if self.step_if('\\') {
            self.step();
            while self.step().is_some_and(|next| next != '\'') {}
            return true;
        }
        self.step();
        if self.step_if('\'') {
            return true;
        }
        while self
            .rest
            .peek()
            .is_some_and(|next| *next == '_' || next.is_alphanumeric())
        {
            self.step();
        }
        false
    }

    /// A word, or the text that it is the prefix of.
    fn word_or_text(&mut self, first: char) -> Token {
        let mut word = String::from(first);
        while let Some(&next) = self.rest.peek()
            && (next == '_' || next.is_alphanumeric())
        {
            word.push(next);
            self.step();
        }
        match word.as_str() {
            "r" | "br" | "cr" => {
                let mut hashes = 0;
                while self.step_if('#') {
                    hashes += 1;
                }
                if !self.step_if('"') {
                    // A raw identifier.
                    return Token::Word(word);
                }
                loop {
                    match self.step() {
                        None => break,
                        Some('"') => {
                            let closing = (0..hashes).take_while(|_| self.step_if('#')).count();
                            if closing == hashes {
                                break;
                            }
                        }
                        Some(_) => {}
                    }
                }
                Token::Literal
            }
            _ => Token::Word(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{groups, is_in_items};

    /// The position is that of `@`.
    fn check(source: &str, expected: bool) {
        let before = &source[..source.find('@').expect("there is a position")];
        let line = before.lines().count().max(1);
        let column = before.lines().last().map_or(0, |line| line.chars().count()) + 1;
        let found = is_in_items(&groups(source), (line, column));
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn an_attribute_directly_in_an_impl_block_or_a_trait_is_found() {
        for source in [
            "impl A { @ }",
            "impl A { fn f() { impl B {} } @ fn g() {} }",
            "mod m { struct S; #[a(b)] unsafe impl<T: Into<[u8; 4]>> A<T> for B where T: C { const X: u8 = 1; @ } }",
            "fn f() { impl A { @ } }",
            "pub(crate) trait A: B { @ }",
            "const C: char = '}'; impl<'a> A<'a> { const S: &str = \"}\\\"\"; const R: &str = r#\"}\"#; /* } /* */ } */ @ }",
            "fn r#impl() {} // {\nimpl A {\n    /// }\n    @\n}",
            "static S: &[u8] = br\"{\"; const B: u8 = b'\\''; impl A { @ }",
            "fn f() { g!(); } impl A { @ }",
        ] {
            check(source, true);
        }
    }

    #[test]
    fn an_attribute_elsewhere_or_in_the_input_of_a_macro_is_not() {
        for source in [
            "mod m { @ }",
            "fn f() -> impl A { @ }",
            "impl A {} @ fn f() {}",
            "impl A { fn f() { @ fn g() {} } }",
            "impl A { const X: () = { @ }; }",
            "m! { impl A { @ } }",
            "macro_rules! m { () => { impl A { @ } } }",
            "struct S { f: fn(impl A) } mod m { @ }",
            "impl A { /* @ */",
            "// impl A {\n @",
            "const S: &str = \"impl A {\"; @",
            "fn f(x: u8) { match x { b'{' => {} _ => {} } @ }",
        ] {
            check(source, false);
        }
    }
}
