//! The options that limit, delay and repeat calls.

mod concurrency {
    //! Concurrency limits: on a sync subscriber, zero, and without a value.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    #[subscriber(concurrency = 2)]
    fn sync(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(concurrency = 0)]
    async fn none(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(concurrency, deferred = true)]
    fn no_value(_: &Login) {}
}

mod concurrency_values {
    //! Concurrency limits that are zero by a constant, or of another type.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    const LIMIT: usize = 0;

    #[subscriber(concurrency = LIMIT)]
    async fn none(_: &Login) {}

    #[subscriber(concurrency = "many")]
    async fn many(_: &Login) {}
}

mod delay {
    //! Delays: without `deferred`, a number, a negative one, and no value.

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    #[subscriber(delay = std::time::Duration::from_secs(60))]
    fn sync(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, delay = 60)]
    fn number(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, delay = -1)]
    fn negative(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, delay)]
    fn no_value(_: &Login) {}
}

mod delay_values {
    //! Delays that the compiler rejects: of another type, and computed when the program runs.

    use std::time::Duration;

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    const SECONDS: u64 = 60;

    fn configured() -> Duration {
        Duration::from_secs(60)
    }

    #[subscriber(deferred, delay = SECONDS)]
    fn number(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, delay = configured())]
    fn not_constant(event: &Login) {
        let _ = event.name.as_str();
    }
}

mod misplaced {
    //! Policies on subscribers that they are not for, and values that are none.

    use std::time::Duration;

    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Login {
        name: String,
    }

    #[subscriber(timeout = Duration::from_secs(1), retry = 3, per_key = |_| 0, debounce = Duration::from_secs(1))]
    fn sync(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, timeout = Duration::from_secs(1))]
    fn deferred(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(retry = 3, per_key = |_| 0, debounce = Duration::from_secs(1))]
    async fn changes(event: &mut Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(awaited, retry = 3, per_key = |_| 0, debounce = Duration::from_secs(1))]
    async fn awaited(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(timeout = "5s", delay = 2.5, debounce = 300, retries = 3, backoff = 2)]
    async fn other_units_and_names(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(timeout = 5, retry = "three")]
    async fn no_duration(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(deferred, retry = 0, debounce = -1)]
    fn no_retry(event: &Login) {
        let _ = event.name.as_str();
    }

    #[subscriber(retry = -3, timeout, per_key)]
    async fn no_value(event: &Login) {
        let _ = event.name.as_str();
    }
}

mod misplaced_on_methods_and_topics {
    //! Policies on methods, and on subscribers of topics and of lists of types, that they are not for.

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

    #[subscriber(topic = "users::.*", timeout = SECOND, retry = 3, per_key = |_| 0, debounce = SECOND)]
    fn sync_of_topics(_: &dyn AnyEvent) {}

    #[subscriber(Login, deferred, timeout = SECOND)]
    fn deferred_of_types(_: &EventCopy) {}

    #[subscriber(topic = "users::.*", debounce = SECOND, delay = SECOND)]
    async fn async_of_topics(_: &EventCopy) {}

    #[derive(Default)]
    struct Users;

    #[listener]
    impl Users {
        #[on(timeout = SECOND, retry = 3, per_key = |_| 0, debounce = SECOND)]
        fn sync(&self, _: &Login) {}

        #[on(retry = 3, concurrency = 1)]
        async fn changes(&self, _: &mut Login) {}

        #[on(awaited, per_key = |_| 0, delay = SECOND)]
        async fn awaited(&self, _: &Login) {}

        #[on(deferred, timeout = 5, debounce = Duration::ZERO)]
        fn values(&self, _: &Login) {}
    }

    #[derive(Default)]
    struct Checks;

    #[observer(User)]
    impl Checks {
        #[on(retry = 3)]
        async fn creating(&self, _: &mut Creating<User>) {}

        #[on(timeout = SECOND)]
        fn created(&self, _: &Created<User>) {}
    }
}

mod values {
    //! Policies with values that the compiler computes and that are wrong.

    use std::time::Duration;

    use events_core::{Event, Retry, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    const SECOND: Duration = Duration::from_secs(1);

    #[subscriber(timeout = Duration::ZERO)]
    async fn zero(_: &Login) {}

    #[subscriber(timeout = Duration::MAX)]
    async fn endless(_: &mut Login) {}

    #[subscriber(awaited, timeout = SECOND.saturating_sub(SECOND))]
    async fn awaited_zero(_: &Login) {}

    #[subscriber(deferred, debounce = Duration::ZERO)]
    fn no_debounce(_: &Login) {}

    #[subscriber(deferred, debounce = Duration::MAX)]
    fn endless_debounce(_: &Login) {}

    #[subscriber(retry = Retry::exponential(SECOND.saturating_mul(2), SECOND))]
    async fn swapped(_: &Login) {}

    #[subscriber(deferred, retry = Retry::exponential(Duration::ZERO, SECOND).max_retries(2))]
    fn no_delay(_: &Login) {}

    #[subscriber(deferred, retry = Retry::exponential(SECOND, Duration::MAX))]
    fn never_repeated(_: &Login) {}
}

mod types {
    //! Policies with values of another type, and with values that are computed when the program runs.

    use std::time::Duration;

    use events_core::{Event, Retry, subscriber};

    #[derive(Event, Clone)]
    struct Login;

    const SECONDS: u64 = 5;
    const TIMES: usize = 3;

    fn configured() -> Duration {
        Duration::from_secs(60)
    }

    #[subscriber(timeout = SECONDS)]
    async fn number(_: &Login) {}

    #[subscriber(deferred, debounce = SECONDS)]
    fn another_number(_: &Login) {}

    #[subscriber(retry = TIMES)]
    async fn times(_: &Login) {}

    #[subscriber(timeout = configured())]
    async fn not_constant(_: &Login) {}

    #[subscriber(retry = Retry::exponential(configured(), Duration::from_secs(100)))]
    async fn no_constant_retry(_: &Login) {}
}

fn main() {}
