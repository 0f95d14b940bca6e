//! The PostgreSQL server of the tests: one for the process, which ends with it.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

/// Set in continuous integration: without a server the tests fail.
const REQUIRED: &str = "EVENTS_REQUIRE_SERVERS";

/// The folder with the socket of the server. `None`: there is no PostgreSQL on this machine, which is printed.
pub(crate) fn socket() -> Option<&'static Path> {
    /// The script ends when its standard input, a pipe of this process, is closed.
    static SERVER: LazyLock<Option<(Child, PathBuf)>> = LazyLock::new(|| {
        let Some(programs) = programs() else {
            assert!(
                env::var_os(REQUIRED).is_none(),
                "PostgreSQL is not installed, and {REQUIRED} is set",
            );
            let text = "\nNO POSTGRESQL: its tests were not run. Install it, for example `apt-get install postgresql`\n";
            io::stderr()
                .write_all(text.as_bytes())
                .expect("stderr is open");
            return None;
        };
        Some(start(&programs))
    });
    SERVER.as_ref().map(|(_, folder)| &**folder)
}

/// The folder with the programs: in the path, or where Debian has them.
pub(crate) fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = versions.flatten().map(|version| version.path().join("bin"));
    let mut folders = env::split_paths(&path).chain(debian);
    folders.find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

fn start(programs: &Path) -> (Child, PathBuf) {
    let mut command = as_user();
    let script = include_str!("server.sh");
    command
        .args(["sh", "-c", script, "server.sh"])
        .arg(programs);
    command
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("`env` or `runuser` is installed");
    let stdout = child.stdout.take().expect("it is a pipe");
    let mut folder = String::new();
    BufReader::new(stdout)
        .read_line(&mut folder)
        .expect("it is text");
    assert!(!folder.is_empty(), "the server does not start; see above");
    (child, PathBuf::from(folder.trim_end()))
}

/// A command that runs another one, as a user whose server may start: PostgreSQL refuses root.
pub(crate) fn as_user() -> Command {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .expect("`id` is installed");
    if id.stdout.trim_ascii() != b"0" {
        return Command::new("env");
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let has_own = users.lines().any(|line| line.starts_with("postgres:"));
    let mut command = Command::new("runuser");
    command.args(["-u", if has_own { "postgres" } else { "nobody" }, "--"]);
    command
}
