//! The arguments of named events.

mod args_borrowed {
    //! The fix: an owned value.

    use events_core::args;

    fn main() {
        let name = String::from("ada");
        drop(args! { user: name.as_str().to_owned() });
        drop(args! { user: "ada" });
    }
}

mod args_not_send {
    //! The fix: values that are `Send` and `Sync`.

    use std::sync::{Arc, Mutex};

    use events_core::{args, emitting::Args};

    fn main() {
        let user = Arc::new(7);
        drop(args! { mode: "signin", user: user });

        drop(args! {
            mode: "signin",
            secret pin: Mutex::new(7),
        });
        drop(generic(7));
    }

    fn generic<T: Send + Sync + 'static>(value: T) -> Args {
        args! { value: value }
    }
}

mod args_syntax {
    //! The fix: `name: value` and `secret name: value`, each name once.

    use events_core::args;

    fn main() {
        let user = 7;
        drop(args! {});
        drop(args! { user: user });
        drop(args! { secret user: user, });
        drop(args! { secret: user, secret r#type: user, kind: user });
    }
}

fn main() {}
