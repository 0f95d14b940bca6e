//! Emitting and enqueueing.

mod emit_not_an_event {
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
}

mod emit_syntax {
    //! Mistakes in the keywords of `emit!`, and in the names of crates in `scan!` and `scanner!`.

    use events_core::{Event, emit, scan, scanner};

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
        note: Option<u8>,
    }

    fn checkout() {}

    fn main() {
        emit!(OrderPlaced, total = 5);
        emit!(OrderPlaced, total = 5);
        emit!(OrderPlaced, total = 5; origin = checkout);
        emit!(OrderPlaced, total = 5, note = 7);
        emit!(OrderPlaced, total = 5);
        emit!(OrderPlaced, total = 5; origin = checkout);
        emit!(OrderPlaced, total = 5);
        emit!(OrderPlaced, total = 5);
        emit!(OrderPlaced, total = 5);
        let _ = OrderPlaced { total: 1, note: None }.emit().note;
        checkout();
    }

    #[expect(dead_code, reason = "these crates declare nothing, so a scan of them panics")]
    fn start() {
        scan!(tracing);
        scan!(tracing, serde_json);
        scanner!(tracing = tracing_core).run();
        scan!(tracing, tracing);
        scan!(tracing,);
        scan!(tracing);
    }
}

mod enqueue_borrowed {
    //! An event that borrows cannot be enqueued.

    use events_core::Event;

    #[derive(Event)]
    struct Login<'a> {
        name: &'a str,
    }

    fn login(name: &str) {
        let sent = Login::builder().name(name).try_emit();
        let _ = sent.is_ok();
    }

    fn login_by_hand(name: &str) {
        let sent = Login { name }.try_emit();
        let _ = sent.is_ok();
    }

    fn main() {
        login("ann");
        login_by_hand("bob");
    }
}

mod enqueue_not_send {
    //! An event that is not `Send` can be emitted, but not enqueued.

    use std::sync::Arc;

    use events_core::Event;

    #[derive(Event)]
    struct Drawn {
        shape: Arc<u8>,
    }

    fn main() {
        let drawn = Drawn::builder().shape(Arc::new(1)).emit();
        let _later = Drawn::builder().shape(drawn.shape).emit_async();
        let sent = Drawn::builder().shape(Arc::new(2)).enqueue();
        let _ = sent.is_ok();
    }
}

mod emit_in_a_unit {
    //! An event that can be vetoed is not moved into a unit; nor is one that borrows, or that is not `Send`.

    use std::sync::Arc;

    use events_core::{Event, Registry, UnitOfWork, record::Creating};

    struct User;

    #[derive(Event)]
    struct SignIn {
        name: String,
    }

    #[derive(Event)]
    struct Sketched {
        shape: Arc<u8>,
    }

    fn create(registry: &Registry, work: &UnitOfWork) {
        registry.emitting().in_unit(&work.handle()).emit(Creating::new(User));
        let _later = registry.emitting().in_unit(&work.handle()).emit_async(Creating::new(User));
    }

    fn sign_in(registry: &Registry, work: &UnitOfWork, name: &str) {
        registry.emit_in(&work.handle(), SignIn { name: name.into() });
    }

    fn draw(registry: &Registry, work: &UnitOfWork) {
        registry.emit_in(&work.handle(), Sketched { shape: Arc::new(1) });
    }

    fn main() {
        let (registry, work) = (Registry::new(), UnitOfWork::begin());
        create(&registry, &work);
        sign_in(&registry, &work, "ann");
        draw(&registry, &work);
    }
}

fn main() {}
