//! A mail server, as a file with a line for each mail.

use std::{
    collections::HashSet,
    fs::{OpenOptions, read_to_string},
    io::{self, Write},
    path::PathBuf,
};

pub(crate) struct Mails {
    file: PathBuf,
}

impl Mails {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self { file }
    }

    /// `id` is the same if the mail is sent again.
    pub(crate) fn send(&self, order: i64, id: &str) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file)?;
        file.write_all(format!("{id} order {order} is confirmed\n").as_bytes())
    }

    /// How many different ones were sent.
    pub(crate) fn count(&self) -> io::Result<usize> {
        let text = read_to_string(&self.file)?;
        Ok(text.lines().collect::<HashSet<_>>().len())
    }
}
