//! The server of PostgreSQL stopped and started.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    engine::Place,
    server::{as_user, programs, socket},
};

/// The server, for one test at a time.
pub(crate) struct Server {
    folder: &'static Path,
    _lock: MutexGuard<'static, ()>,
}

impl Server {
    /// `None`: there is none.
    pub(crate) fn lock() -> Option<Self> {
        static LOCK: Mutex<()> = Mutex::new(());
        let folder = socket()?;
        let _lock = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Self { folder, _lock })
    }

    pub(crate) fn place(&self, schema: &str) -> Place {
        Place::Server(self.folder.to_owned(), schema.to_owned())
    }

    /// Stops it as a crash does: nothing is written any more.
    pub(crate) fn stop(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    pub(crate) fn start(&self) {
        let options = format!("-F -k {} -c listen_addresses=''", self.folder.display());
        self.control(&["-w", "-o", &options, "start"]);
    }

    fn control(&self, arguments: &[&str]) {
        let mut command: Command = as_user();
        command.arg(programs().unwrap().join("pg_ctl"));
        command.arg("-D").arg(self.folder.join("data"));
        command.arg("-l").arg(self.folder.join("log"));
        // The server keeps what it is given open.
        command
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = command.status().unwrap();
        assert!(status.success(), "{arguments:?}: {status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that failed may have left it stopped; the next one needs it.
        if !self.folder.join("data/postmaster.pid").exists() {
            self.start();
        }
    }
}
