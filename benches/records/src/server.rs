//! A PostgreSQL server, which is started as that of the tests is. Unlike theirs it waits for the disk at a COMMIT.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

const SCRIPT: &str = include_str!("../../../integrations/events-sqlx/tests/it/server.sh");

/// A server. It ends with this, or with the process: then the standard input of the script is closed.
pub(crate) struct Server {
    _script: Child,
    /// The folder with its socket.
    pub(crate) socket: PathBuf,
}

impl Server {
    /// `None`: PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let mut script = as_user()
            .args(["sh", "-c", SCRIPT, "server.sh"])
            .arg(programs()?)
            .arg("-c fsync=on -c synchronous_commit=on")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`env` or `runuser` is installed");
        let stdout = script.stdout.take().expect("it is a pipe");
        let mut folder = String::new();
        BufReader::new(stdout)
            .read_line(&mut folder)
            .expect("it is text");
        assert!(!folder.is_empty(), "the server does not start; see above");
        Some(Self {
            _script: script,
            socket: PathBuf::from(folder.trim_end()),
        })
    }
}

/// The folder with the programs: in the path, or where Debian has them.
fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = versions.flatten().map(|version| version.path().join("bin"));
    env::split_paths(&path)
        .chain(debian)
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

/// A command that runs another one, as a user whose server may start: PostgreSQL refuses root.
fn as_user() -> Command {
    let id = Command::new("id").arg("-u").output();
    if id.expect("`id` is installed").stdout.trim_ascii() != b"0" {
        return Command::new("env");
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let has_own = users.lines().any(|line| line.starts_with("postgres:"));
    let mut command = Command::new("runuser");
    command.args(["-u", if has_own { "postgres" } else { "nobody" }, "--"]);
    command
}
