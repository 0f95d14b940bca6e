//! A parameter that is neither state nor the emission, and a state that no scan can store.

use events_core::{Emission, Event, State, listener, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

#[subscriber]
fn mail(event: &OrderPlaced, mailer: State<'_, String>) {
    let _ = (event.total, mailer.len());
}

#[subscriber]
fn place(event: &OrderPlaced, emission: &Emission) {
    let _ = (event.total, emission.topic());
}

#[subscriber]
fn all(_: &OrderPlaced, _: State<'_, Vec<std::num::NonZero<u8>>>) {}

#[derive(Event, Clone)]
struct Login;

trait Mailer: Send + Sync {}

type AnyMailer = dyn Mailer;

#[subscriber]
fn object(_: &OrderPlaced, _: State<'_, Box<dyn Mailer>>) {}

#[subscriber]
async fn object_async(_: &Login, _: State<'_, Box<dyn Mailer>>) {}

#[subscriber]
fn alias(_: &OrderPlaced, _: State<'_, Box<AnyMailer>>) {}

#[subscriber]
fn text(_: &OrderPlaced, _: State<'_, &'static str>) {}

#[subscriber]
fn not_send(_: &OrderPlaced, _: State<'_, std::sync::Arc<u8>>) {}

struct Greeter;

#[listener]
impl Greeter {
    #[on]
    fn object(&self, _: &OrderPlaced, _: State<'_, Box<dyn Mailer>>) {}
}

struct Smtp;

impl Mailer for Smtp {}

fn main() {
    // A test can call a function with a `State` of a trait object.
    let mailer: &dyn Mailer = &Smtp;
    let _state: State<'_, dyn Mailer> = mailer.into();
}
