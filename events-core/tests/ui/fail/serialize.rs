//! What is in an event that is read as JSON must be readable itself.

use events_core::Event;

struct Socket;

#[derive(Event)]
#[event(serialize)]
struct Connected {
    address: String,
    socket: Socket,
}

fn main() {
    Connected { address: String::new(), socket: Socket }.emit();
}
