//! `emit!` of a type that has no builder, of one that is no event, and of a value.

use events_core::{Event, emit};

#[derive(Event)]
struct Point(u8, u8);

#[derive(Event)]
enum Shape {
    Circle { radius: u8 },
    Dot,
}

struct Plain {
    total: u64,
}

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

fn main() {
    emit!(Point, x = 1, y = 2);
    emit!(Point, 1, 2);
    emit!(Point(1, 2));
    emit!(Shape);
    emit!(Shape::Circle, radius = 1);
    emit!(Shape::Dot);
    let _ = Point::builder();
    let plain = Plain { total: 5 }.emit();
    emit!(Ordered);
    let order = OrderPlaced { total: 5 };
    emit!(order);
    emit!(OrderPlaced { total: 5 }; origin = main);
    emit!(OrderPlaced, total = 5, origin = "checkout");
    emit!(OrderPlaced, origin = main, total = 5);
    let _ = plain.total;
}
