//! Section 11: a real axum server whose clients go away at random points. Every order has its mail, or the log has a record
//! that names it.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use events_core::{Event, Registry};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::Notify,
    task::{JoinSet, yield_now},
};
use tracing::{Instrument, info_span};
use tracing_subscriber::{fmt, fmt::MakeWriter};

const REQUESTS: u32 = 1000;

#[derive(Event, Clone)]
struct OrderPlaced {
    number: u32,
    /// How long its subscribers take.
    yields: [u32; 2],
}

/// The lines of the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Numbers of orders.
type Numbers = Arc<Mutex<BTreeSet<u32>>>;

fn insert(numbers: &Numbers, number: u32) {
    numbers.lock().expect("not poisoned").insert(number);
}

fn take(numbers: &Numbers) -> BTreeSet<u32> {
    std::mem::take(&mut numbers.lock().expect("not poisoned"))
}

#[derive(Clone, Default)]
struct App {
    registry: Registry,
    seed: u32,
    /// The orders whose request handlers have begun, on the task of the request and on tasks of their own.
    awaited: Numbers,
    spawned: Numbers,
}

/// Pseudo-random: the same in each run.
fn random(seed: u32, number: u32, below: u32) -> u32 {
    let mut state = u64::from(seed) << 32 | u64::from(number) | 1 << 63;
    for _ in 0..3 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    u32::try_from(state % u64::from(below)).expect("it is less than a u32")
}

async fn wait(yields: u32) {
    for _ in 0..yields {
        yield_now().await;
    }
}

async fn place(State(app): State<App>, Path((way, number)): Path<(String, u32)>) -> StatusCode {
    let yields = [1, 2].map(|seed| random(app.seed + seed, number, 60));
    let emit = app.registry.emit_async(OrderPlaced { number, yields });
    let placing = async {
        if way == "await" {
            insert(&app.awaited, number);
            emit.await;
        } else {
            insert(&app.spawned, number);
            let placed = emit.spawn_tokio().await;
            assert!(placed.is_ok(), "the runtime is there");
        }
    };
    placing.instrument(info_span!("order", number)).await;
    StatusCode::CREATED
}

/// One that waits for its response has mail; one whose number is divisible by 25 goes away while `mail` waits.
fn reads_response(number: u32) -> bool {
    number % 10 == 1
}

fn is_never_mailed(way: &str, number: u32) -> bool {
    way == "await" && number.is_multiple_of(25)
}

async fn send(stream: &TcpStream, text: &str) -> io::Result<()> {
    let mut left = text.as_bytes();
    while !left.is_empty() {
        stream.writable().await?;
        match stream.try_write(left) {
            Ok(sent) => left = &left[sent..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn try_read(stream: &TcpStream, into: &mut Vec<u8>) -> io::Result<usize> {
    let mut bytes = [0; 64];
    let read = stream.try_read(&mut bytes)?;
    into.extend(&bytes[..read]);
    Ok(read)
}

/// Sends a request, and goes away: before its end, after some time, or when there is a response.
async fn request(server: SocketAddr, way: &str, number: u32, seed: u32) -> io::Result<()> {
    let stream = TcpStream::connect(server).await?;
    let text = format!("POST /{way}/{number} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    if reads_response(number) {
        send(&stream, &text).await?;
        let mut response = Vec::new();
        while response.len() < 12 {
            stream.readable().await?;
            match try_read(&stream, &mut response) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        assert!(response.starts_with(b"HTTP/1.1 201"), "{number}");
        return Ok(());
    }
    let sent = match random(seed + 3, number, 20) {
        0 => text.len() / 2,
        _ => text.len(),
    };
    send(&stream, &text[..sent]).await?;
    wait(random(seed + 4, number, 150)).await;
    Ok(())
}

/// Serves the requests until all clients and connections have ended. Returns the orders that have mail.
async fn serve(app: &App, mails: &Numbers) -> io::Result<BTreeSet<u32>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/{way}/{number}", post(place))
        .with_state(app.clone());
    let stop = Arc::new(Notify::new());
    let stopped = Arc::clone(&stop);
    let serve = axum::serve(listener, router)
        .with_graceful_shutdown(async move { stopped.notified().await });
    let server = tokio::spawn(serve.into_future());

    let mut clients = JoinSet::new();
    for number in 0..REQUESTS {
        let (way, seed) = (["await", "spawn"][number as usize / 5 % 2], app.seed);
        clients.spawn(async move { request(address, way, number, seed).await });
        if clients.len() >= 40 {
            clients
                .join_next()
                .await
                .expect("there are some")
                .expect("no client panics")?;
        }
    }
    while let Some(client) = clients.join_next().await {
        client.expect("no client panics")?;
    }
    stop.notify_one();
    server.await.expect("the server does not panic")?;
    // Each spawned emit is completed; nothing waits for it.
    let spawned = app.spawned.lock().expect("not poisoned").clone();
    for _ in 0..100_000 {
        if mails.lock().expect("not poisoned").is_superset(&spawned) {
            break;
        }
        yield_now().await;
    }
    Ok(take(mails))
}

fn check(seed: u32) {
    let mails = Numbers::default();
    let app = App {
        seed: seed * 10,
        ..App::default()
    };
    let reserve = async |order: &mut OrderPlaced| wait(order.yields[0]).await;
    let reserve = app.registry.subscribe_awaited(reserve).id("reserve");
    reserve.register().expect("the id is free").detach();
    let sent = Arc::clone(&mails);
    let mail = move |order: &OrderPlaced| {
        let (order, sent) = (order.clone(), Arc::clone(&sent));
        async move {
            wait(order.yields[1]).await;
            let way = ["await", "spawn"][order.number as usize / 5 % 2];
            if is_never_mailed(way, order.number) {
                std::future::pending::<()>().await;
            }
            insert(&sent, order.number);
        }
    };
    let mail = app.registry.subscribe_async(mail).id("mail");
    mail.register().expect("the id is free").detach();

    let log = Log::default();
    let subscriber = fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    // Everything runs on this thread.
    let recording = tracing::subscriber::set_default(subscriber);
    let runtime = Builder::new_current_thread()
        .enable_io()
        .build()
        .expect("a runtime");
    let mailed = runtime
        .block_on(serve(&app, &mails))
        .expect("no connection fails");
    drop(runtime);
    drop(recording);

    let log = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("text");
    let warnings = log.lines().filter(|line| line.contains("WARN"));
    let number_of = |line: &str| {
        assert!(
            line.contains("an async emit was dropped before its end"),
            "{line}"
        );
        assert!(line.contains("mail ("), "{line}");
        let (_, number) = line
            .split_once("order{number=")
            .expect("the span of the request");
        let (number, _) = number.split_once('}').expect("the span ends");
        number.parse().expect("a number")
    };
    let warned: Vec<u32> = warnings.map(number_of).collect();
    let without_mail = BTreeSet::from_iter(warned.iter().copied());
    assert_eq!(warned.len(), without_mail.len(), "one record each");

    let (awaited, spawned) = (take(&app.awaited), take(&app.spawned));
    assert!(spawned.is_subset(&mailed), "each spawned emit is completed");
    let placed: BTreeSet<_> = awaited.union(&spawned).copied().collect();
    assert_eq!(
        mailed
            .union(&without_mail)
            .copied()
            .collect::<BTreeSet<_>>(),
        placed
    );
    assert!(mailed.is_disjoint(&without_mail));
    // The test has seen both.
    assert!(without_mail.len() > 10, "{}", without_mail.len());
    assert!(mailed.intersection(&awaited).count() > 40);
    assert!(spawned.len() > 200, "{}", spawned.len());
}

#[test]
fn every_order_has_its_mail_or_the_log_names_it_when_clients_go_away() {
    (1..=2).for_each(check);
}
