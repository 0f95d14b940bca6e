//! Async and deferred subscribers: their events, their futures, what they return.

mod async_borrowed {
    //! An async subscriber of an event that borrows.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct Login<'a> {
        name: &'a str,
    }

    #[subscriber]
    async fn welcome(event: &Login<'_>) {
        let _ = event.name;
    }
}

mod async_not_send {
    //! An async subscriber whose future is not `Send`.

    use std::rc::Rc;

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    async fn send(_: &str) {}

    #[subscriber]
    async fn welcome(event: &Login) {
        let text = Rc::new(event.name.clone());
        send(&text).await;
    }
}

mod background_changes {
    //! Background subscribers that take the event by `&mut`.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        attempts: u32,
    }

    #[subscriber(deferred)]
    fn after(event: &mut Login) {
        event.attempts += 1;
    }
}

mod background_not_clone {
    //! Background subscribers of events that cannot be cloned into the queue.

    use std::rc::Rc;

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct Login {
        name: String,
    }

    #[derive(Event, Clone)]
    struct Drawn {
        shape: Rc<u8>,
    }

    #[subscriber]
    async fn welcome(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred)]
    fn draw(event: &Drawn) {
        let _ = &event.shape;
    }

    #[subscriber]
    async fn draw_beside(event: &Drawn) {
        let _ = &event.shape;
    }
}

mod background_return {
    //! Background subscribers that return a control flow, or a type that is no outcome.

    use std::{error::Error, ops::ControlFlow};

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    #[subscriber]
    async fn check(event: &Login) -> ControlFlow<()> {
        match event.name.is_empty() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    #[subscriber(deferred)]
    fn count(event: &Login) -> usize {
        event.name.len()
    }

    /// A boxed error that is not `Send` and `Sync`.
    #[subscriber]
    async fn boxed(_: &Login) -> Result<(), Box<dyn Error>> {
        Ok(())
    }
}

mod deferred_borrowed {
    //! A deferred subscriber of an event that borrows.

    use events_core::{Event, subscriber};

    #[derive(Event)]
    struct Login<'a> {
        name: &'a str,
    }

    #[subscriber(deferred)]
    fn welcome(event: &Login<'_>) {
        let _ = event.name;
    }
}

fn main() {}
