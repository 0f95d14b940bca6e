//! Copies of events of any type.

mod event_copies {
    //! The fixes of `fail/event_copies.rs`.

    use std::sync::{Arc, atomic::AtomicU32};

    use events_core::{AnyEvent, Event, EventCopy, Registry, subscriber};

    #[derive(Event, Clone)]
    struct NotClone;

    #[derive(Event, Clone)]
    struct NotSend(Arc<str>);

    #[derive(Event, Clone)]
    struct Borrowed(String);

    #[subscriber(NotClone, NotSend, Borrowed, deferred)]
    fn of_three(_: &EventCopy) {}

    #[subscriber(topic = "users::.*", deferred)]
    fn of_what(_: &EventCopy) {}

    #[derive(Event, Clone)]
    #[event(clone)]
    struct NoClone;

    #[derive(Event, Clone)]
    #[event(clone)]
    struct Lends(String);

    #[derive(Event, Clone)]
    #[event(clone)]
    struct Generic<T>(T);

    fn main() {
        let registry = Registry::new();
        registry.on_topic_async("users::.*", async |_: &EventCopy| ());
        registry.on_topic_deferred("users::.*", |_: &EventCopy| ());
        registry.on_topic("users::.*", |_: &dyn AnyEvent| ());
        registry.emit(Generic(Arc::new(AtomicU32::new(7))));
    }
}

mod record_json {
    //! The fixes of `fail/copies.rs`.

    use events_core::record::{Diff, JsonFields, register_json};

    #[derive(serde::Serialize)]
    struct User;

    #[derive(Clone, Debug, PartialEq, serde::Serialize)]
    struct State;

    fn main() {
        register_json::<User>(JsonFields::new());
        let _ = Diff::new().json_field("state", &State, &State);
    }
}

mod event_copy {
    //! The fixes of `fail/event_copy.rs`.

    use events_core::{AnyEvent, Event, EventCopy, listener, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    #[subscriber(topic = "users::.*")]
    async fn copy(_: &EventCopy) {}

    #[subscriber(Login, deferred)]
    fn copy_deferred(_: &EventCopy) {}

    #[subscriber(deferred)]
    fn of_one_type(_: &Login) {}

    #[subscriber(topic = "users::.*", deferred)]
    fn reads_deferred(_: &EventCopy) {}

    #[subscriber(topic = "users::.*")]
    async fn reads(_: &EventCopy) {}

    #[subscriber(topic = "users::.*")]
    async fn not_awaited(_: &EventCopy) {}

    #[subscriber(topic = "users::.*")]
    fn sync(_: &dyn AnyEvent) {}

    #[subscriber(topic = "users::.*", deferred, when = |event: &dyn AnyEvent| event.topic().len() > 7)]
    fn condition(_: &EventCopy) {}

    #[subscriber(topic = "users::.*", deferred, when = |event: &dyn AnyEvent| event.topic().len() > 7)]
    fn no_condition(event: &EventCopy) {}

    #[subscriber(awaited)]
    async fn awaited_alone(_: &Login) {}

    #[subscriber]
    async fn changes_alone(_: &mut Login) {}

    #[derive(Default)]
    struct Users;

    #[listener]
    impl Users {
        #[on(awaited)]
        async fn awaited(&self, _: &Login) {}
    }

    /// An event may have that name.
    mod named_alike {
        #[derive(events_core::Event, Clone)]
        struct EventCopy;

        #[events_core::subscriber]
        async fn async_alone(_: &self::EventCopy) {}

        #[events_core::subscriber]
        async fn changes_alone(_: &mut self::EventCopy) {}
    }
}

fn main() {}
