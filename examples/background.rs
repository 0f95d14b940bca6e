//! Requests are answered at once; mails, invoices and an audit trail follow in the background, and
//! the program shuts down gracefully.
//!
//! ```text
//! cargo run --example background                  the requests of background/requests.txt
//! cargo run --example background -- other.txt     the requests of another file
//! cargo run --example background -- -             the requests on standard input
//! ```
//!
//! What to look for:
//!
//! - `answer` emits events and does not depend on their subscribers; no request waits for a mail.
//! - One mail cannot be delivered: the failure is logged, and the invoice is still written.
//! - `invoice` picks a number, sleeps, and writes; `concurrency = 1` keeps the numbers in order.
//! - `enqueue` returns the event if the queue is full; the client then gets the status 503.
//! - One mail server never answers. The shutdown waits for one second and returns that newsletter.

#![expect(clippy::print_stdout, reason = "an example shows what happened")]
#![expect(clippy::print_stderr, reason = "errors belong on standard error")]

use std::{
    collections::BTreeMap,
    env, fs,
    future::pending,
    io::{self, Read},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use events_core::{Event, State, emit, registry, scanner, subscriber};
use tokio::{runtime::Runtime, time::sleep};
use tracing_subscriber::filter::LevelFilter;

#[derive(Event, Clone)]
struct OrderPlaced {
    #[event(into)]
    email: String,
    #[event(into)]
    item: String,
}

#[derive(Event, Clone)]
struct NewsletterDue {
    #[event(into)]
    email: String,
}

#[subscriber]
async fn confirm(order: &OrderPlaced, mailer: State<'_, Mailer>) -> Result<(), String> {
    mailer.send(&order.email, "thanks").await
}

#[subscriber]
async fn newsletter(due: &NewsletterDue, mailer: State<'_, Mailer>) -> Result<(), String> {
    mailer.send(&due.email, "the newsletter").await
}

/// Two concurrent calls would use the same number.
#[subscriber(concurrency = 1)]
async fn invoice(order: &OrderPlaced, journal: State<'_, Journal>) {
    let number = journal.page("invoices").len() + 1;
    sleep(Duration::from_millis(5)).await;
    let line = format!("{number}: {} for {}", order.item, order.email);
    journal.add("invoices", line);
}

/// Not async, but no request has to wait for it: `deferred` runs it in the background, too.
#[subscriber(deferred)]
fn audit(order: &OrderPlaced, journal: State<'_, Journal>) {
    journal.add("audit trail", format!("{} ordered", order.email));
}

/// Answers a request; the error is the reason why the line is no request.
fn answer(request: &str) -> Result<&'static str, String> {
    let words: Vec<_> = request.split_whitespace().collect();
    match words[..] {
        _ if request.contains(char::REPLACEMENT_CHARACTER) => Err("not UTF-8".to_owned()),
        ["POST", "/orders", email, item] => {
            emit!(OrderPlaced, email = address(email)?, item = item);
            Ok("201 Created")
        }
        ["POST", "/newsletter", email] => Ok(
            match NewsletterDue::builder().email(address(email)?).enqueue() {
                Ok(()) => "202 Accepted",
                Err(_full) => "503 Service Unavailable",
            },
        ),
        _ => Err(format!("no such request: {request}")),
    }
}

fn address(text: &str) -> Result<&str, String> {
    let valid = text.contains('@').then_some(text);
    valid.ok_or_else(|| format!("no address: {text}"))
}

async fn serve(name: &str, requests: &[u8]) {
    let journal = Journal::default();
    let mailer = Mailer(journal.clone());
    scanner().state(journal.clone()).state(mailer).run();
    let queue = registry().queue();
    queue.spawn_tokio(8).detach(); // a worker that runs at most 8 events at once

    for (number, line) in (1..).zip(requests.split(|byte| *byte == b'\n')) {
        let line = String::from_utf8_lossy(line.trim_ascii());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match answer(&line) {
            Ok(status) => println!("{status:14} {line}"),
            Err(reason) => eprintln!("{name}:{number}: {reason}"),
        }
    }
    let unfinished = queue.shutdown_async(sleep(Duration::from_secs(1))).await;

    for title in ["mails", "invoices", "audit trail"] {
        let mut lines = journal.page(title);
        if title == "mails" {
            lines.sort(); // mails are sent concurrently, so their order varies
        }
        println!("\n{title}:");
        lines.iter().for_each(|line| println!("  {line}"));
    }
    println!("\nunfinished: {}", unfinished.events.len());
    for event in unfinished.events {
        match event.downcast::<NewsletterDue>() {
            Ok(due) => println!("  the newsletter to {}", due.email),
            Err(other) => println!("  {}", other.topic()),
        }
    }
}

/// Stands for a connection to a mail server.
struct Mailer(Journal);

impl Mailer {
    async fn send(&self, to: &str, what: &str) -> Result<(), String> {
        match to.split_once('@') {
            Some((_, "silent.example")) => pending().await,
            Some((_, "bounce.example")) => return Err(format!("no mailbox {to}")),
            _ => sleep(Duration::from_millis(20)).await,
        }
        self.0.add("mails", format!("{to}: {what}"));
        Ok(())
    }
}

/// What the subscribers did, by page. It is printed at the end, after the responses.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<BTreeMap<&'static str, Vec<String>>>>);

impl Journal {
    fn add(&self, page: &'static str, line: String) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.entry(page).or_default().push(line);
    }

    fn page(&self, page: &str) -> Vec<String> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.get(page).cloned().unwrap_or_default()
    }
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_writer(io::stderr)
        .without_time()
        .init();

    let default_file = concat!(env!("CARGO_MANIFEST_DIR"), "/background/requests.txt");
    let argument = env::args().nth(1);
    let (name, requests) = match argument.as_deref() {
        None => ("requests.txt", fs::read(default_file)),
        Some("-") => ("standard input", io::stdin().lock().bytes().collect()),
        Some(file) => (file, fs::read(file)),
    };
    let result = requests.and_then(|requests| {
        Runtime::new()?.block_on(serve(name, &requests));
        Ok(())
    });
    if let Err(error) = result {
        eprintln!("background: {name}: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use events_testing::current;

    use super::*;

    #[events_testing::test]
    fn an_order_is_emitted() {
        let events = current();
        let placed = events.expect::<OrderPlaced>().times(1);
        placed.matching(|order| order.email == "ada@x.org" && order.item == "lamp");
        assert_eq!(answer("POST /orders ada@x.org lamp"), Ok("201 Created"));
    }

    #[events_testing::test]
    fn an_invalid_request_emits_nothing() {
        assert!(answer("POST /orders nowhere lamp").is_err());
        assert!(answer("GET /").is_err());
        current().assert_nothing_emitted();
    }

    #[events_testing::test]
    async fn the_invoice_is_written_although_the_mail_bounces() {
        let events = current();
        let journal = Journal::default();
        scanner()
            .state(journal.clone())
            .state(Mailer(journal.clone()))
            .run();
        events
            .expect_failure()
            .of("confirm")
            .containing("no mailbox")
            .times(1);
        assert!(answer("POST /orders bob@bounce.example lamp").is_ok());
        events.settle_async().await;
        assert!(journal.page("mails").is_empty());
        assert_eq!(journal.page("invoices"), ["1: lamp for bob@bounce.example"]);
    }
}
