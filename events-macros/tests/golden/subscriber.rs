//! Written by a macro, for this:
//!
//! ```
//! #[subscriber]
//! fn greet(event: &FirstLogin) {}
//! ```

const _: () = {
    const __DECLARED: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "greet"),
        module: ::core::module_path!(),
        location: ::events_core::__private::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::column!(),
        ),
        options: ::events_core::__private::SubscriberOptions {
            priority: 0,
            changes: false,
            once: false,
            awaited: false,
            asynchronous: false,
            deferred: false,
            concurrency: 0,
            optional: false,
            delay: ::events_core::__private::None,
            unit_phase: ::events_core::__private::None,
        },
        added_only: false,
        key: || ::events_core::__private::IntoKey::into_key(greet),
        selector: ::events_core::__private::EventSelector::Events(
            &[
                ::events_core::__private::event::<
                    <FirstLogin as ::events_core::Event>::Family,
                >,
            ],
        ),
        before: &[],
        after: &[],
        install: |installer| {
            installer
                .subscribe::<
                    <FirstLogin as ::events_core::Event>::Family,
                    _,
                >(move |event, run| {
                    ::events_core::__private::Outcome::into_step(greet(event))
                });
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER : Subscriber in SUBSCRIBERS = __DECLARED
    }
};
