//! The arguments of named events.

mod args_borrowed {
    //! An argument of a named event borrows nothing.

    use events_core::args;

    fn main() {
        let name = String::from("ada");
        drop(args! { user: name.as_str() });
    }
}

mod args_not_send {
    //! An argument of a named event is `Send`, `Sync` and owned.

    use std::{cell::Cell, rc::Rc};

    use events_core::{args, emitting::Args};

    fn main() {
        let user = Rc::new(7);
        drop(args! { mode: "signin", user: user });

        drop(args! {
            mode: "signin",
            secret pin: Cell::new(7),
        });
    }

    fn generic<T: Send + 'static>(value: T) -> Args {
        args! { value: value }
    }
}

mod args_syntax {
    //! `args!` takes `name: value` and `secret name: value`, each name once.

    use events_core::args;

    fn main() {
        let user = 7;
        drop(args! { user });
        drop(args! { user: });
        drop(args! { user = user });
        drop(args! { hidden user: user });
        drop(args! { "user": user });
        drop(args! { user: user, secret user: user });
        drop(args! { type: user, r#type: user });
        drop(args! { user: user; mode: 1 });
    }
}

fn main() {}
