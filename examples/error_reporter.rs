//! Sends every failure of a subscriber to an error reporter, as one line of JSON: the subscriber, the causes, and the
//! emission, but nothing of the event.
//!
//! ```text
//! cargo run --example error_reporter
//! ```
//!
//! What to look for:
//!
//! - The hook of `on_failure` receives the failures of the emit at once, and those of the queue when they happen.
//! - `causes` is the error with its chain of sources, outermost first.
//! - The card of the payment is in no line.

#![expect(clippy::print_stdout, reason = "an example shows what happened")]

use std::{
    error::Error,
    fmt, panic,
    sync::{Arc, Mutex},
};

use events_core::{Event, Failure, failures::Cause, registry, subscriber};

/// A payment. Nothing of it may leave the process.
#[derive(Event, Clone)]
#[event(topic = "payments.requested")]
struct PaymentRequested {
    card: String,
    cents: u64,
}

#[derive(Debug)]
struct Declined(Timeout);

impl fmt::Display for Declined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bank has declined the payment")
    }
}

impl Error for Declined {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[derive(Debug)]
struct Timeout;

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no answer within 3 s")
    }
}

impl Error for Timeout {}

#[subscriber]
fn charge(payment: &PaymentRequested) -> Result<(), Declined> {
    if payment.cents > 1000 {
        return Err(Declined(Timeout));
    }
    Ok(())
}

#[subscriber]
fn check_card(payment: &PaymentRequested) {
    assert!(payment.card.len() == 16, "a card number has 16 digits");
}

#[subscriber(deferred)]
fn send_receipt(_: &PaymentRequested) -> Result<(), &'static str> {
    Err("the mail server is down")
}

/// What an error reporter, such as Sentry or a log shipper, makes of failures: here lines of JSON.
#[derive(Clone, Default)]
struct Reporter(Arc<Mutex<Vec<String>>>);

impl Reporter {
    /// Called where the subscriber failed, so it only collects: another thread sends the lines.
    fn report(&self, failure: &Failure) {
        let subscriber = failure.subscriber();
        let kind = match failure.cause() {
            Cause::Error(_) => "error",
            Cause::Panic(_) => "panic",
            _ => "not reached",
        };
        let causes: Vec<_> = causes(failure).iter().map(|text| quoted(text)).collect();
        let optional = |text: Option<String>| text.map_or("null".into(), |text| quoted(&text));
        let fields = [
            ("level", quoted("error")),
            ("kind", quoted(kind)),
            ("subscriber", quoted(&subscriber.name)),
            ("location", quoted(&subscriber.location.to_string())),
            ("topic", quoted(failure.topic())),
            (
                "origin",
                optional(failure.origin().map(ToString::to_string)),
            ),
            ("causes", format!("[{}]", causes.join(", "))),
            ("attempt", failure.attempt().to_string()),
            ("final", failure.is_final().to_string()),
        ];
        let fields = fields.map(|(name, value)| format!("{}: {value}", quoted(name)));
        if let Ok(mut lines) = self.0.lock() {
            lines.push(format!("{{{}}}", fields.join(", ")));
        }
    }

    /// The lines so far, as a thread of its own would send them.
    fn send(&self) {
        let lines = self.0.lock().map(|mut lines| std::mem::take(&mut *lines));
        for line in lines.unwrap_or_default() {
            println!("{line}");
        }
    }
}

/// The error with its sources, outermost first, or the message of the panic.
fn causes(failure: &Failure) -> Vec<String> {
    match failure.panic() {
        Some(panic) => vec![panic.message().to_owned()],
        None => failure.causes().map(ToString::to_string).collect(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn main() -> Result<(), Box<dyn Error>> {
    panic::set_hook(Box::new(|_| ())); // the reporter shows panics
    events_core::scan();
    let reporter = Reporter::default();
    let hook = reporter.clone();
    registry()
        .on_failure(move |failure| hook.report(failure))
        .detach();

    let payment = PaymentRequested {
        card: "4111".into(),
        cents: 4200,
    };
    payment.emit_from("checkout"); // its failures are logged, and reported
    println!("reported by the emit:");
    reporter.send();

    registry().queue().flush();
    println!("reported by the queue:");
    reporter.send();
    Ok(())
}
