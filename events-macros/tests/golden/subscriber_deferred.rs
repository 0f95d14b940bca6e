//! Written by a macro, for this:
//!
//! ```
//! #[subscriber(deferred, delay = Duration::from_secs(60), concurrency = 1, retry = 3, per_key = |e| e.user, debounce = WAIT, when = |e: &FirstLogin| e.attempts > 0, origin = signup, once)]
//! fn report(event: &FirstLogin) {}
//! ```

const _: () = {
    struct __Background {}
    impl ::events_core::__private::Background<FirstLogin> for __Background
    where
        for<'__any> FirstLogin: ::events_core::__private::Snapshot,
    {
        fn call<'__call>(
            &'__call self,
            event: &'__call FirstLogin,
            call: &'__call ::events_core::__private::BackgroundCall,
        ) -> impl ::core::future::Future<
            Output = ::events_core::__private::Step,
        > + ::core::marker::Send + '__call {
            async move {
                ::events_core::__private::AsyncOutcome::into_step(report(event))
            }
        }
    }
    const __DECLARED: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "report"),
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
            concurrency: ::events_core::__private::at_once(1),
            optional: false,
            delay: ::events_core::__private::delay(Duration::from_secs(60)),
            unit_phase: ::events_core::__private::None,
        },
        added_only: false,
        key: || ::events_core::__private::IntoKey::into_key(report),
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
            let origin = installer
                .origin(::events_core::__private::IntoKey::into_key(signup));
            installer.conditional();
            let once = installer.once();
            let tested = ::core::clone::Clone::clone(&once);
            let handler = installer
                .with_policies(
                    {
                        const __DEBOUNCE: ::events_core::__private::Duration = WAIT;
                        const _: ::events_core::__private::CallPolicies = ::events_core::__private::CallPolicies::debounce(
                            ::events_core::__private::CallPolicies::NONE,
                            __DEBOUNCE,
                        );
                        const _: () = ::events_core::__private::evaluate(3);
                        ::events_core::__private::CallPolicies::NONE
                            .per_key()
                            .debounce(__DEBOUNCE)
                            .retry(3)
                    },
                    ::core::option::Option::Some({
                        let key: fn(&FirstLogin) -> _ = |e| e.user;
                        ::events_core::__private::key_fn(key)
                    }),
                    ::events_core::__private::OnceHandler::new(
                        move || once.claim(),
                        __Background {},
                    ),
                );
            installer
                .subscribe_background::<
                    <FirstLogin as ::events_core::Event>::Family,
                    _,
                    true,
                >(
                    ::events_core::__private::filter::<
                        <FirstLogin as ::events_core::Event>::Family,
                        _,
                    >(move |event, source| {
                        if !source.is_from(&origin) {
                            return false;
                        }
                        let when: fn(&FirstLogin) -> bool = |e: &FirstLogin| {
                            e.attempts > 0
                        };
                        if !when(event) {
                            return false;
                        }
                        if tested.is_claimed() {
                            return false;
                        }
                        true
                    }),
                    handler,
                );
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER : Subscriber in SUBSCRIBERS = __DECLARED
    }
};
