//! Copies of events of any type.

mod event_copies {
    //! What the compiler reports about subscribers that take a copy: events that cannot be copied, and handlers of another kind.

    use std::{cell::Cell, rc::Rc};

    use events_core::{AnyEvent, Event, EventCopy, Registry, subscriber};

    #[derive(Event)]
    struct NotClone;

    #[derive(Event, Clone)]
    struct NotSend(Rc<str>);

    #[derive(Event, Clone)]
    struct Borrowed<'a>(&'a str);

    #[subscriber(NotClone, NotSend, Borrowed<'_>, deferred)]
    fn of_three(_: &EventCopy) {}

    #[subscriber(deferred)]
    fn of_what(_: &EventCopy) {}

    #[derive(Event)]
    #[event(clone)]
    struct NoClone;

    #[derive(Event, Clone)]
    #[event(clone)]
    struct Lends<'a>(&'a str);

    #[derive(Event, Clone)]
    #[event(clone)]
    struct Generic<T>(T);

    fn main() {
        let registry = Registry::new();
        registry.on_topic_async("users::.*", async |_: &dyn AnyEvent| ());
        registry.on_topic_deferred("users::.*", |_: &dyn AnyEvent| ());
        registry.on_topic("users::.*", |_: &EventCopy| ());
        registry.emit(Generic(Cell::new(7)));
    }
}

mod record_json {
    //! The JSON of the events of a model, which is that of its `Serialize`.

    use events_core::record::{Diff, JsonFields, register_json};

    struct User;

    #[derive(Clone, Debug, PartialEq)]
    struct State;

    fn main() {
        register_json::<User>(JsonFields::new());
        let _ = Diff::new().json_field("state", &State, &State);
    }
}

mod event_copy {
    //! Async and deferred subscribers of patterns and of lists of types take `&EventCopy`, of events that can be copied.

    use events_core::{AnyEvent, Event, EventCopy, listener, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    #[subscriber(topic = "users::.*")]
    async fn no_copy(_: &dyn AnyEvent) {}

    #[subscriber(Login, deferred)]
    fn no_copy_deferred(_: &dyn AnyEvent) {}

    #[subscriber(topic = "users::.*", deferred)]
    fn of_one_type(_: &Login) {}

    #[subscriber(topic = "users::.*", deferred)]
    fn changes_deferred(_: &mut EventCopy) {}

    #[subscriber(topic = "users::.*")]
    async fn changes(_: &mut EventCopy) {}

    #[subscriber(topic = "users::.*", awaited)]
    async fn awaited(_: &EventCopy) {}

    #[subscriber(topic = "users::.*")]
    fn sync(_: &EventCopy) {}

    #[subscriber(topic = "users::.*", deferred, when = |event: &EventCopy| event.topic().len() > 7)]
    fn condition(_: &EventCopy) {}

    #[subscriber(topic = "users::.*", deferred, when = event.topic().len() > 7)]
    fn no_condition(event: &EventCopy) {}

    #[subscriber(awaited)]
    async fn awaited_alone(_: &EventCopy) {}

    #[subscriber]
    async fn changes_alone(_: &mut EventCopy) {}

    struct Users;

    #[listener]
    impl Users {
        #[on(awaited)]
        async fn awaited(&self, _: &EventCopy) {}
    }

    #[subscriber(topic = "users::(login", durable = "users")]
    async fn no_pattern(_: &EventCopy) {}
}

fn main() {}
