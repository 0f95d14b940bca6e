//! An event that borrows cannot be enqueued.

use events_core::Event;

#[derive(Event)]
struct Login<'a> {
    name: &'a str,
}

fn login(name: &str) {
    let sent = Login::builder().name(name).try_emit();
    let _ = sent.is_ok();
}

fn login_by_hand(name: &str) {
    let sent = Login { name }.try_emit();
    let _ = sent.is_ok();
}

fn main() {
    login("ann");
    login_by_hand("bob");
}
