//! Events and subscribers that a macro of the user's writes.

use events_core::{Event, State, subscriber};

macro_rules! events {
    ($($name:ident $field:ident $type:ty, $handler:ident;)*) => {
        $(
            /// Written by a macro.
            #[derive(Event, Debug)]
            pub struct $name {
                /// Its field.
                pub $field: $type,
                /// A field of the macro's own.
                #[event(default = 3)]
                pub value: u8,
                /// Another.
                #[event(into)]
                pub origin: Option<String>,
            }

            #[subscriber(when = |event: &$name| event.value > 0)]
            fn $handler(event: &mut $name, state: State<'_, u8>) -> Result<(), String> {
                event.value += *state;
                Ok(())
            }
        )*
    };
}

events! { Written first u8, on_written; Again second Vec<u8>, on_again; }
