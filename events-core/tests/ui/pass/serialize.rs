//! The fields of an event with `serialize` must be `Serialize`.

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
