//! `emit!` of a type that has no builder, of one that is no event, and of a value.

use events_core::{Event, emit};

#[derive(Event)]
struct Point(u8, u8);

#[derive(Event)]
enum Shape {
    Circle { radius: u8 },
    Dot,
}

#[derive(Event)]
struct Plain {
    total: u64,
}

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

/// An event may have a field `origin`, and a value call a method of this name.
#[derive(Event)]
struct Moved<'a> {
    origin: &'a str,
    total: u64,
}

struct Place;

impl Place {
    fn origin(&self) -> &str {
        "here"
    }
}

/// A type may be named like a variable.
mod lower_case {
    #[derive(events_core::Event)]
    #[expect(non_camel_case_types, reason = "the name is the subject")]
    pub(super) struct order;
}

fn moved() {
    let (place, text) = (Place, "text".to_owned());
    emit!(Moved, origin = "here", total = 5);
    emit!(Moved, total = 5, origin = &text);
    emit!(Moved, origin = place.origin(), total = 5; origin = Place::origin);
    emit!(Moved, origin = place.origin(), total = 5);
    emit!(lower_case::order);
}

fn main() {
    moved();
    Point(1, 2).emit();
    Point(1, 2).emit();
    Point(1, 2).emit();
    Shape::Dot.emit();
    Shape::Circle { radius: 1 }.emit();
    Shape::Dot.emit();
    let _ = OrderPlaced::builder();
    let plain = Plain { total: 5 }.emit();
    emit!(OrderPlaced, total = 5);
    let order = OrderPlaced { total: 5 };
    order.emit();
    OrderPlaced { total: 5 }.emit_from(main);
    emit!(OrderPlaced, total = 5; origin = "checkout");
    emit!(OrderPlaced, total = 5; origin = main);
    let _ = plain.total;
}
