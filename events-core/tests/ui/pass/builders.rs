//! Builders of events, whose fields are not set, or set twice, or unknown.

mod field_set_twice {
    //! A field that is set twice.

    use events_core::{Event, emit};

    #[derive(Event)]
    struct OrderPlaced {
        customer: u32,
        note: Option<String>,
    }

    fn main() {
        OrderPlaced::builder().customer(1).emit();
        OrderPlaced::builder().customer(1).note("a".into()).emit();
        emit!(OrderPlaced, customer = 1);
    }
}

mod missing_field {
    //! A required field that is not set, and two of them.

    use events_core::{Event, emit};

    #[derive(Event)]
    struct OrderPlaced {
        customer: u32,
        total: u64,
        note: Option<String>,
    }

    fn main() {
        let order = OrderPlaced::builder().total(5).customer(1).build();
        OrderPlaced::builder().note("gift".into()).customer(1).total(7).emit();
        emit!(OrderPlaced, total = 5, customer = 1);
        let _ = (order.customer, order.total, order.note);
    }
}

mod missing_field_enqueue {
    //! A required field that is not set, found by `enqueue` and `emit_async`.

    use events_core::Event;

    #[derive(Event)]
    struct OrderPlaced {
        customer: u32,
    }

    async fn place() -> OrderPlaced {
        OrderPlaced::builder().customer(1).emit_async().await
    }

    fn main() {
        let sent = OrderPlaced::builder().customer(1).enqueue();
        let _ = (sent.is_ok(), place());
    }
}

mod missing_field_same_names {
    //! Two events share the names of their fields: the error names the right event.

    use events_core::Event;

    #[derive(Event)]
    struct Shipped {
        customer: u32,
        address: String,
    }

    #[derive(Event)]
    struct Billed {
        customer: u32,
        address: String,
    }

    fn main() {
        Shipped::builder().customer(1).address("Vienna".into()).emit();
        Billed::builder().customer(1).address("Vienna".into()).emit();
    }
}

mod missing_field_try_emit {
    //! A required field that is not set, found by `try_emit` and `emit_from`.

    use events_core::Event;

    #[derive(Event)]
    struct OrderPlaced {
        customer: u32,
    }

    fn main() {
        let sent = OrderPlaced::builder().customer(1).try_emit();
        let _ = sent.is_ok();
        OrderPlaced::builder().customer(1).emit_from("here");
    }
}

mod no_builder {
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
        Shape::Circle { radius: 1 }.emit();
    }

    fn of_a_tuple_struct() {
        let point = Point(1, 2);
        point.emit();
    }

    fn main() {
        of_an_enum();
        of_a_tuple_struct();
    }
}

mod unknown_field {
    //! A field that the event does not have.

    use events_core::{Event, emit};

    #[derive(Event)]
    struct OrderPlaced {
        customer: u32,
        total: u64,
    }

    fn main() {
        OrderPlaced::builder().customer(1).total(5).emit();
        emit!(OrderPlaced, customer = 1, total = 5);
    }
}

fn main() {}
