//! Written by a macro, for this:
//!
//! ```
//! #[subscriber(topic = "shop::.*")]
//! fn audit(event: &dyn AnyEvent) {}
//! ```

const _: () = {
    const __DECLARED: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "audit"),
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
        key: || ::events_core::__private::IntoKey::into_key(audit),
        selector: ::events_core::__private::EventSelector::Topic(
            ::events_core::__private::PatternText::Regex("shop::.*"),
        ),
        before: &[],
        after: &[],
        install: |installer| {
            let any = installer
                .topic_handler(
                    ::core::option::Option::None::<::events_core::__private::AnyFilter>,
                    move |event, run| {
                        ::events_core::__private::Outcome::into_step(audit(event))
                    },
                );
            installer.subscribe_topic(&any);
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER : Subscriber in SUBSCRIBERS = __DECLARED
    }
};
