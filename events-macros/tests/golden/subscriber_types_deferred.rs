//! Written by a macro, for this:
//!
//! ```
//! #[subscriber(Login, Logout, deferred, once)]
//! fn first(event: &EventCopy) {}
//! ```

const _: () = {
    struct __Background {}
    impl ::events_core::__private::Background<EventCopy> for __Background {
        fn call<'__call>(
            &'__call self,
            event: &'__call EventCopy,
            call: &'__call ::events_core::__private::BackgroundCall,
        ) -> impl ::core::future::Future<
            Output = ::events_core::__private::Step,
        > + ::core::marker::Send + '__call {
            async move {
                ::events_core::__private::AsyncOutcome::into_step(first(event))
            }
        }
    }
    const __DECLARED: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "first"),
        module: ::core::module_path!(),
        location: ::events_core::__private::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::column!(),
        ),
        options: ::events_core::__private::SubscriberOptions {
            priority: 0,
            changes: false,
            once: true,
            awaited: false,
            asynchronous: false,
            deferred: true,
            concurrency: 0,
            optional: false,
            delay: ::events_core::__private::None,
            unit_phase: ::events_core::__private::None,
        },
        added_only: false,
        key: || ::events_core::__private::IntoKey::into_key(first),
        selector: ::events_core::__private::EventSelector::Events(
            &[
                ::events_core::__private::event::<
                    <Login as ::events_core::Event>::Family,
                >,
                ::events_core::__private::event::<
                    <Logout as ::events_core::Event>::Family,
                >,
            ],
        ),
        before: &[],
        after: &[],
        install: |installer| {
            let once = installer.once();
            let tested = ::core::clone::Clone::clone(&once);
            let any = installer
                .copy_handler(
                    ::events_core::__private::any_filter(move |event, source| {
                        if tested.is_claimed() {
                            return false;
                        }
                        true
                    }),
                    ::events_core::__private::OnceHandler::new(
                        move || once.claim(),
                        __Background {},
                    ),
                );
            installer.subscribe_copied::<<Login as ::events_core::Event>::Family>(&any);
            installer.subscribe_copied::<<Logout as ::events_core::Event>::Family>(&any);
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER : Subscriber in SUBSCRIBERS = __DECLARED
    }
};
