//! The options that limit, delay and repeat calls.

mod concurrency {
    //! Concurrency limits: on a sync subscriber, zero, and without a value.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    #[subscriber(concurrency = 2, deferred)]
    fn sync(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(concurrency = 1)]
    async fn none(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(concurrency = 1, deferred)]
    fn no_value(_: &Login) {}
}

mod concurrency_values {
    //! Concurrency limits that are zero by a constant, or of another type.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    const LIMIT: usize = 1;

    #[subscriber(concurrency = LIMIT)]
    async fn none(_: &Login) {}

    #[subscriber(concurrency = LIMIT)]
    async fn many(_: &Login) {}
}

mod delay {
    //! Delays of deferred subscribers.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    #[subscriber(deferred, delay = std::time::Duration::from_secs(60))]
    fn sync(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, delay = std::time::Duration::from_secs(60))]
    fn number(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, delay = std::time::Duration::ZERO)]
    fn negative(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, delay = std::time::Duration::MAX)]
    fn no_value(_: &Login) {}
}

mod delay_values {
    //! Delays that are constants.

    use std::time::Duration;

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    const SECONDS: u64 = 60;

    const fn configured() -> Duration {
        Duration::from_secs(60)
    }

    #[subscriber(deferred, delay = Duration::from_secs(SECONDS))]
    fn number(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, delay = configured())]
    fn not_constant(event: &Login) {
        let _ = event.name.as_str();
    }
}

mod misplaced {
    //! Policies on subscribers that they are for.

    use std::time::Duration;

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    #[subscriber(timeout = Duration::from_secs(1), retry = 3, per_key = |_| 0)]
    async fn concurrent(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, retry = 3, per_key = |_| 0, debounce = Duration::from_secs(1))]
    fn deferred(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(timeout = Duration::from_secs(1))]
    async fn changes(event: &mut Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(awaited, timeout = Duration::from_secs(1))]
    async fn awaited(event: &Login) {
        let _ = event.name.as_str();
    }
}

mod misplaced_on_methods_and_topics {
    //! Policies on methods, and on subscribers of topics and of lists of types, that they are for.

    use std::time::Duration;

    use events_core::{
        AnyEvent, Event, EventCopy, listener, observer,
        record::{Created, Creating},
        subscriber,
    };

    #[derive(Event, Clone)]
    struct Login;

    #[derive(Clone)]
    struct User;

    const SECOND: Duration = Duration::from_secs(1);

    #[subscriber(topic = "users::.*", retry = 3, per_key = |_| 0, debounce = SECOND, deferred)]
    fn sync_of_topics(_: &EventCopy) {}

    #[subscriber(Login, deferred, timeout = SECOND)]
    async fn deferred_of_types(_: &EventCopy) {}

    #[subscriber(topic = "users::.*", debounce = SECOND, delay = SECOND, deferred)]
    async fn async_of_topics(_: &EventCopy) {}

    #[derive(Default)]
    struct Users;

    #[listener]
    impl Users {
        #[on(timeout = SECOND, retry = 3, per_key = |_| 0, debounce = SECOND, deferred)]
        async fn sync(&self, _: &Login) {}

        #[on(retry = 3, concurrency = 1)]
        async fn changes(&self, _: &Login) {}

        #[on(deferred, per_key = |_| 0, delay = SECOND)]
        async fn awaited(&self, _: &Login) {}

        #[on(deferred, debounce = Duration::from_millis(5))]
        fn values(&self, _: &Login) {}
    }

    #[derive(Default)]
    struct Checks;

    #[observer(User)]
    impl Checks {
        #[on(timeout = SECOND)]
        async fn creating(&self, _: &mut Creating<User>) {}

        #[on(timeout = SECOND)]
        async fn created(&self, _: &Created<User>) {}
    }
}

mod values {
    //! Policies with values that the compiler computes and that are right.

    use std::time::Duration;

    use events_core::{Event, Retry, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    const SECOND: Duration = Duration::from_secs(1);
    const RETRY: Retry = Retry::exponential(SECOND, SECOND.saturating_mul(2));

    #[subscriber(timeout = Duration::from_nanos(1))]
    async fn zero(_: &Login) {}

    #[subscriber(timeout = SECOND)]
    async fn endless(_: &mut Login) {}

    #[subscriber(awaited, timeout = SECOND.saturating_add(SECOND))]
    async fn awaited_zero(_: &Login) {}

    #[subscriber(deferred, debounce = Duration::from_millis(100))]
    fn no_debounce(_: &Login) {}

    #[subscriber(deferred, debounce = SECOND)]
    fn endless_debounce(_: &Login) {}

    #[subscriber(retry = Retry::exponential(SECOND, SECOND.saturating_mul(2)))]
    async fn swapped(_: &Login) {}

    #[subscriber(deferred, retry = Retry::exponential(SECOND, SECOND).max_retries(2))]
    fn no_delay(_: &Login) {}

    #[subscriber(deferred, retry = RETRY)]
    fn never_repeated(_: &Login) {}
}

mod types {
    //! Policies with constants.

    use std::time::Duration;

    use events_core::{Event, Retry, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    const SECONDS: u64 = 5;
    const TIMES: u32 = 3;

    const fn configured() -> Duration {
        Duration::from_secs(60)
    }

    #[subscriber(timeout = Duration::from_secs(SECONDS))]
    async fn number(_: &Login) {}

    #[subscriber(deferred, debounce = Duration::from_secs(SECONDS))]
    fn another_number(_: &Login) {}

    #[subscriber(retry = TIMES)]
    async fn times(_: &Login) {}

    #[subscriber(timeout = configured())]
    async fn not_constant(_: &Login) {}

    #[subscriber(retry = Retry::exponential(configured(), Duration::from_secs(100)))]
    async fn no_constant_retry(_: &Login) {}
}

fn main() {}
