//! A gate between a connection and its database: the answers to statements are held back, so that a future is at a known await
//! when it is dropped.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, copy},
    net::{UnixListener, UnixStream},
    sync::watch,
};

/// The gate of one database. It is open at first.
#[derive(Clone)]
pub(crate) struct Gate(Arc<State>);

struct State {
    /// How many answers still pass; `None` if the gate is open.
    answers: watch::Sender<Option<usize>>,
    /// Whether an answer is held back.
    is_held: watch::Sender<bool>,
    /// For threads: whether the gate is open.
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self(Arc::new(State {
            answers: watch::Sender::new(None),
            is_held: watch::Sender::new(false),
            is_open: Mutex::new(true),
            opened: Condvar::new(),
        }))
    }

    /// Closes the gate behind this many answers.
    pub(crate) fn close_after(&self, answers: usize) {
        self.0.is_held.send_replace(false);
        self.0.answers.send_replace(Some(answers));
        self.set_open(false);
    }

    pub(crate) fn open(&self) {
        // First: a thread that finds it closed says that it is held, which is taken back below.
        self.set_open(true);
        self.0.answers.send_replace(None);
        self.0.is_held.send_replace(false);
    }

    fn set_open(&self, is_open: bool) {
        *self
            .0
            .is_open
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = is_open;
        self.0.opened.notify_all();
    }

    /// Says that an answer is held back: for a database of which the gate does not see it.
    pub(crate) fn set_held(&self) {
        self.0.is_held.send_replace(true);
    }

    /// Waits until an answer is held back.
    pub(crate) async fn held(&self) {
        let mut is_held = self.0.is_held.subscribe();
        is_held
            .wait_for(|is_held| *is_held)
            .await
            .expect("the gate exists");
    }

    /// Blocks the thread until the gate is open, if it is closed.
    pub(crate) fn block(&self) {
        let is_open = self
            .0
            .is_open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !*is_open {
            self.set_held();
        }
        let wait = self.0.opened.wait_while(is_open, |is_open| !*is_open);
        drop(wait.unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until a message of an answer may pass.
    async fn pass(&self) {
        let mut answers = self.0.answers.subscribe();
        if *answers.borrow_and_update() == Some(0) {
            self.set_held();
        }
        let open = answers.wait_for(|answers| *answers != Some(0));
        open.await.expect("the gate exists");
    }

    /// An answer has passed.
    fn passed(&self) {
        self.0.answers.send_modify(|answers| {
            if let Some(answers) = answers {
                *answers = answers.saturating_sub(1);
            }
        });
    }
}

/// The folder with the socket of a proxy; dropped, it is removed.
pub(crate) struct Proxy(pub(crate) PathBuf);

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const SOCKET: &str = ".s.PGSQL.5432";

impl Proxy {
    /// Passes messages between clients, which connect in the folder, and the server, through the gate.
    pub(crate) fn start(folder: PathBuf, server: &'static Path, gate: Gate) -> Self {
        fs::create_dir_all(&folder).unwrap();
        let listener = UnixListener::bind(folder.join(SOCKET)).unwrap();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(server.join(SOCKET)).await.unwrap();
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                tokio::spawn(async move {
                    let _ = copy(&mut from_client, &mut to_server).await;
                });
                let gate = gate.clone();
                tokio::spawn(async move {
                    // A message is its type, its length and its content.
                    while let Some(message) = message(&mut from_server).await {
                        gate.pass().await;
                        if to_client.write_all(&message).await.is_err() {
                            return;
                        }
                        // `ReadyForQuery` is the last message of an answer.
                        if message[0] == b'Z' {
                            gate.passed();
                        }
                    }
                });
            }
        });
        Self(folder)
    }
}

async fn message(server: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut message = vec![0; 5];
    server.read_exact(&mut message).await.ok()?;
    let length = u32::from_be_bytes(message[1..5].try_into().unwrap());
    message.resize(length as usize + 1, 0);
    server.read_exact(&mut message[5..]).await.ok()?;
    Some(message)
}
