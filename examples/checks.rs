//! Checks that wait: before a user is created, async subscribers query a directory and a service that may not answer.
//!
//! ```text
//! cargo run --example checks
//! ```
//!
//! What to look for:
//!
//! - `email_is_free` takes `&mut Creating<User>`, so it is awaited in its place: after `normalize`, and it vetoes the write.
//! - `is_not_banned` fails when its service does not answer in time. A check that failed refuses the write.
//! - `count` is `optional`: its failure refuses nothing.
//! - A plain `emit` cannot await the checks, and refuses the write with the remedy.
//! - `Transfer` lends two accounts. The check borrows them over its `.await`.

#![expect(clippy::print_stdout, reason = "an example shows what happened")]

use std::{collections::BTreeSet, ops::ControlFlow, time::Duration};

use events_core::{Event, State, record::Creating, subscriber};
use tokio::time::{error::Elapsed, sleep, timeout};

struct User {
    email: String,
}

/// Stands for a database.
struct Directory(BTreeSet<&'static str>);

impl Directory {
    async fn contains(&self, email: &str) -> bool {
        sleep(Duration::from_millis(1)).await;
        self.0.contains(email)
    }
}

/// Stands for a service that does not answer for some addresses.
async fn ask_ban_list(email: &str) {
    if email.ends_with("@slow.example") {
        std::future::pending::<()>().await;
    }
}

#[subscriber(before = email_is_free)]
fn normalize(event: &mut Creating<User>) {
    event.record.email = event.record.email.trim().to_lowercase();
}

#[subscriber]
async fn email_is_free(event: &mut Creating<User>, directory: State<'_, Directory>) {
    if directory.contains(&event.record.email).await {
        event.veto("this address is taken");
    }
}

#[subscriber(after = email_is_free)]
async fn is_not_banned(event: &mut Creating<User>) -> Result<(), Elapsed> {
    timeout(Duration::from_millis(20), ask_ban_list(&event.record.email)).await
}

#[subscriber(optional)]
fn count(_: &Creating<User>) -> Result<(), &'static str> {
    Err("the metrics server cannot be reached")
}

async fn sign_up(email: &str) {
    let email = email.to_owned();
    let creating = Creating::new(User { email }).emit_async().await;
    let email = &creating.record.email;
    match creating.veto_reason() {
        None => println!("created {email}"),
        Some(reason) => println!("refused {email}: {reason}"),
    }
}

/// Emitted before money moves. It lends the accounts, so it has a lifetime.
#[derive(Event)]
struct Transfer<'a> {
    from: &'a mut i64,
    to: &'a mut i64,
    cents: i64,
}

#[subscriber(before = book)]
async fn is_covered(event: &mut Transfer<'_>) -> ControlFlow<()> {
    sleep(Duration::from_millis(1)).await;
    if *event.from < event.cents {
        println!("not covered: {} cents", event.cents);
        return ControlFlow::Break(()); // `book` is not reached
    }
    ControlFlow::Continue(())
}

#[subscriber]
fn book(event: &mut Transfer<'_>) {
    *event.from -= event.cents;
    *event.to += event.cents;
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let directory = Directory(BTreeSet::from(["ada@example.org"]));
    events_core::scanner!().state(directory).run();

    sign_up(" Ada@example.org ").await;
    sign_up("grace@slow.example").await;
    sign_up("alan@example.org").await;

    let email = "emmy@example.org".to_owned();
    let creating = Creating::new(User { email }).emit();
    let reason = creating.veto_reason().unwrap_or_default();
    println!("without await: {reason}");

    let (mut ada, mut alan) = (10_00, 0);
    for cents in [8_00, 8_00] {
        let (from, to) = (&mut ada, &mut alan);
        Transfer { from, to, cents }.emit_async().await;
    }
    println!("ada has {ada} cents, alan has {alan}");
}
