//! A field that is set to a value of another type.

use events_core::{Event, emit};

struct Name(String);

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

#[derive(Event)]
struct OrderPlaced {
    total: u64,
    #[event(into)]
    customer: Name,
    note: Option<String>,
}

fn main() {
    OrderPlaced::builder().total(5).customer("Ada").emit();
    OrderPlaced::builder().total(5).customer("Ada").emit();
    OrderPlaced::builder().total(5).customer("Ada").note("gift".into()).emit();
    emit!(OrderPlaced, total = 5, customer = "Ada");
}
