//! The builder of an event that has none, each in a function of its own.

use events_core::Event;

#[derive(Event)]
enum Shape {
    Circle { radius: u8 },
    Dot,
}

#[derive(Event)]
struct Point(u8, u8);

fn of_an_enum() {
    Shape::builder().radius(1).emit();
}

fn of_a_tuple_struct() {
    let point = Point::builder();
    point.emit();
}

fn main() {
    of_an_enum();
    of_a_tuple_struct();
}
