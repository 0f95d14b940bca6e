//! Events of every shape.

use events_core::Event;

/// A struct with a name for each field.
#[derive(Event, Debug, Clone)]
pub struct Named {
    /// The user.
    pub user: u64,
    /// The address.
    #[event(into)]
    pub ip: String,
}

/// A unit struct.
#[derive(Event, Debug, Clone, Copy)]
#[event(topic = "strict.unit")]
pub struct Unit;

/// A struct with braces and no field.
#[derive(Event, Debug)]
pub struct Empty {}

/// A tuple struct.
#[derive(Event, Debug)]
pub struct Tuple(pub u8, #[event(secret)] pub String);

/// An enum.
#[derive(Event, Debug)]
pub enum Door {
    /// It was opened.
    Opened {
        /// The person.
        by: String,
    },
    /// It was shut.
    Shut,
}

/// A raw identifier.
#[derive(Event, Debug)]
#[allow(non_camel_case_types)]
pub struct r#virtual {
    /// A raw field.
    pub r#type: u8,
}
