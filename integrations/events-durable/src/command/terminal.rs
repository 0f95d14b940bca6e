//! Where the command prints, and where it reads the answer to a question.

use std::io::{self, BufRead, BufReader, Stdin, Stdout, Write};

/// Where the command prints, and where it reads the answers to its questions.
///
/// A program has [`Terminal::standard`]; a test has texts:
///
/// ```
/// use events_durable::command::Terminal;
///
/// let terminal = Terminal::new(&b"y\n"[..], Vec::new());
/// # drop(terminal);
/// ```
#[derive(Debug)]
pub struct Terminal<I, O> {
    input: I,
    output: O,
}

impl Terminal<BufReader<Stdin>, Stdout> {
    /// Standard input and standard output. A question blocks the thread until it is answered.
    #[must_use]
    pub fn standard() -> Self {
        Self::new(BufReader::new(io::stdin()), io::stdout())
    }
}

impl<I: BufRead, O: Write> Terminal<I, O> {
    /// The end of the input is the answer no.
    pub fn new(input: I, output: O) -> Self {
        Self { input, output }
    }

    /// What was printed into a buffer.
    pub fn into_output(self) -> O {
        self.output
    }

    pub(super) fn print(&mut self, text: &str) -> io::Result<()> {
        self.output.write_all(text.as_bytes())?;
        self.output.flush()
    }

    /// Whether the answer is yes.
    pub(super) fn confirms(&mut self, what: &str) -> io::Result<bool> {
        self.print(&format!("{what}\nContinue? [y/N] "))?;
        let mut answer = String::new();
        self.input.read_line(&mut answer)?;
        Ok(matches!(
            answer.trim().to_ascii_lowercase().as_str(),
            "y" | "yes"
        ))
    }
}
