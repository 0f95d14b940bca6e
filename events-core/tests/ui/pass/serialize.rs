//! What is in an event that is read as JSON must be readable itself.

use events_core::Event;

struct Socket;

impl serde::Serialize for Socket {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

#[derive(Event)]
#[event(serialize)]
struct Connected {
    address: String,
    socket: Socket,
}

fn main() {
    Connected { address: String::new(), socket: Socket }.emit();
}
