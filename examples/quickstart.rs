//! The basics: declare an event, subscribe functions to it, scan, emit, flush the queue.
//!
//! `cargo run --example quickstart`

#![expect(clippy::print_stdout, reason = "an example shows what happened")]

use events_core::{Event, emit, subscriber};

/// A user signs up. Subscribers can change the event, and `emit` returns it.
#[derive(Event, Debug, Clone)]
struct SignedUp {
    #[event(into)]
    name: String,
    #[event(default = 100)]
    credit: u32,
    #[event(into)]
    friend: Option<String>,
}

/// Runs before the others, because its priority is the highest.
#[subscriber(priority = 10)]
fn tidy(event: &mut SignedUp) {
    event.name = event.name.trim().to_owned();
}

#[subscriber(when = |event: &SignedUp| event.friend.is_some())]
fn reward(event: &mut SignedUp) {
    event.credit += 50;
}

/// Fails: the failure is logged, and the other subscribers still run.
#[subscriber]
fn send_mail(event: &SignedUp) -> Result<(), String> {
    Err(format!("no mail server, so no mail to {}", event.name))
}

/// Receives only the events that are emitted from `import`.
#[subscriber(origin = import, priority = -10)]
fn note_import(event: &SignedUp) {
    println!("imported: {}", event.name);
}

/// Runs in the background: `emit` clones the event into the queue after the sync subscribers.
#[subscriber]
async fn welcome(event: &SignedUp) {
    println!("welcome, {}, you have {}", event.name, event.credit);
}

fn import() {
    emit!(SignedUp, name = "Grace"; origin = import);
}

fn main() {
    // Failures of subscribers are logged with `tracing`; this prints them.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .without_time()
        .init();

    println!("{}\n", events_core::scan());

    println!("with the builder:");
    let event = SignedUp::builder().name("  Ada ").friend("Charles").emit();
    println!("{event:?}\n");

    println!("in one line, from a function:");
    import();

    println!("\nwith every failure in hand:");
    match SignedUp::builder().name("Edsger").try_emit() {
        Ok(event) => println!("{} subscribers ran", event.ran()),
        Err(error) => println!("{error}"),
    }

    println!("\nfrom the queue:");
    println!("{}", events_core::registry().queue().flush());
}
