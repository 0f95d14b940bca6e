//! The fields of an event with `serialize` must be `Serialize`.

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
