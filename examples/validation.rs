//! Handlers change a message before it is sent, and validate a form before it is accepted.
//!
//! `cargo run --example validation`

#![expect(clippy::print_stdout, reason = "an example shows what happened")]

use std::collections::BTreeMap;

use events_core::{Event, emit, subscriber};

/// Emitted just before a message is sent.
#[derive(Event)]
struct BeforeMessageSend {
    #[event(into)]
    message: String,
}

#[subscriber]
fn add_watermark(event: &mut BeforeMessageSend) {
    println!("Original message: {}", event.message);
    event.message.push_str(" (sent from Canvas)");
}

fn send_message(message: &str) {
    let event = emit!(BeforeMessageSend, message = message);
    println!("Sending message: {}", event.message);
}

/// Emitted before a form is accepted; handlers add the errors that they find.
#[derive(Event)]
struct SignupFormSubmitted {
    #[event(into)]
    email: String,
    #[event(into, secret)]
    password: String,
    #[event(default)]
    errors: BTreeMap<&'static str, Vec<String>>,
}

impl SignupFormSubmitted {
    fn add_error(&mut self, field: &'static str, error: impl Into<String>) {
        self.errors.entry(field).or_default().push(error.into());
    }
}

/// Runs first, so that the others get the normalized address.
#[subscriber(before = validate_email)]
fn clean_email(event: &mut SignupFormSubmitted) {
    event.email = event.email.trim().to_lowercase();
}

#[subscriber]
fn validate_email(event: &mut SignupFormSubmitted) {
    if !event.email.ends_with("@mycompany.com") {
        event.add_error("email", "Must be a company email.");
    }
}

#[subscriber]
fn validate_password(event: &mut SignupFormSubmitted) {
    if event.password.chars().count() < 8 {
        event.add_error("password", "Must be at least 8 characters.");
    }
}

fn sign_up(email: &str, password: &str) {
    let form = SignupFormSubmitted::builder()
        .email(email)
        .password(password)
        .emit();
    if form.errors.is_empty() {
        println!("Welcome, {}!", form.email);
        return;
    }
    println!("Cannot sign up {}:", form.email);
    for (field, errors) in &form.errors {
        println!("  {field}: {}", errors.join(" "));
    }
}

fn main() {
    events_core::scan();

    send_message("Hello, world!");
    println!();
    sign_up("ada@example.org", "1815");
    sign_up(" Grace@MyCompany.com ", "nanoseconds");
}
