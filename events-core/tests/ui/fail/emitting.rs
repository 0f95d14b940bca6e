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
        emit!(OrderPlaced, total : 5);
        emit!();
        emit!(OrderPlaced, total = 5; orgin = checkout);
        emit!(OrderPlaced, total = 5, 7);
        emit!(OrderPlaced total = 5);
        emit!(OrderPlaced, total = 5; origin = checkout, note = 7);
        emit!(7, total = 5);
        emit!(OrderPlaced, total);
        emit!(OrderPlaced, "total" = 5);
        let _ = OrderPlaced {
            total: 1,
            note: None,
        }
        .emit()
        .note;
        checkout();
    }

    fn start() {
        scan!(tracing - core);
        scan!(tracing, "tracing-core");
        scanner!(tracing = tracing - core).run();
        scan!(tracing tracing);
        scan!(crate::tracing);
        scan!(r"tracing");
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
        let sent = Login::builder().name(name).enqueue();
        let _ = sent.is_ok();
    }

    fn login_by_hand(name: &str) {
        let sent = Login { name }.enqueue();
        let _ = sent.is_ok();
    }

    fn main() {
        login("ann");
        login_by_hand("bob");
    }
}

mod enqueue_not_send {
    //! An event that is not `Send` can be emitted, but not enqueued.

    use std::rc::Rc;

    use events_core::Event;

    #[derive(Event)]
    struct Drawn {
        shape: Rc<u8>,
    }

    fn main() {
        let drawn = Drawn::builder().shape(Rc::new(1)).emit();
        let _later = Drawn::builder().shape(drawn.shape).emit_async();
        let sent = Drawn::builder().shape(Rc::new(2)).enqueue();
        let _ = sent.is_ok();
    }
}

mod emit_in_a_unit {
    //! An event that can be vetoed is not moved into a unit; nor is one that borrows, or that is not `Send`.

    use std::rc::Rc;

    use events_core::{Event, Registry, UnitOfWork, record::Creating};

    struct User;

    #[derive(Event)]
    struct SignIn<'a> {
        name: &'a str,
    }

    #[derive(Event)]
    struct Sketched {
        shape: Rc<u8>,
    }

    fn create(registry: &Registry, work: &UnitOfWork) {
        registry.emit_in(&work.handle(), Creating::new(User));
        let _later = registry.emit_in_async(&work.handle(), Creating::new(User));
    }

    fn sign_in(registry: &Registry, work: &UnitOfWork, name: &str) {
        registry.emit_in(&work.handle(), SignIn { name });
    }

    fn draw(registry: &Registry, work: &UnitOfWork) {
        registry.emit_in(&work.handle(), Sketched { shape: Rc::new(1) });
    }

    fn main() {
        let (registry, work) = (Registry::new(), UnitOfWork::begin());
        create(&registry, &work);
        sign_in(&registry, &work, "ann");
        draw(&registry, &work);
    }
}

fn main() {}
