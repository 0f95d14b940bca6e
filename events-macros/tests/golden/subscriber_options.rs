//! Written by a macro, for this:
//!
//! ```
//! #[subscriber(priority = 10, when = |e: &Login<'_>| e.count > 0, origin = checkout, once, before = audit, after = [charge, ship])]
//! #[cfg(unix)]
//! fn book(
//!     event: &mut Login<'_>,
//!     ledger: State<'_, Ledger>,
//!     emission: &Emission,
//! ) -> Result<(), LedgerError> {
//!     ledger.book(event)
//! }
//! ```

#[cfg(unix)]
const _: () = {
    const __DECLARED: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "book"),
        module: ::core::module_path!(),
        location: ::events_core::__private::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::column!(),
        ),
        options: ::events_core::__private::SubscriberOptions {
            priority: 10,
            changes: true,
            once: true,
            awaited: false,
            asynchronous: false,
            deferred: false,
            concurrency: 0,
            optional: false,
            delay: ::events_core::__private::None,
        },
        added_only: false,
        key: || ::events_core::__private::IntoKey::into_key(book),
        selector: ::events_core::__private::EventSelector::Events(
            &[
                ::events_core::__private::event::<
                    <Login<'static> as ::events_core::Event>::Family,
                >,
            ],
        ),
        before: &[|| ::events_core::__private::IntoKey::into_key(audit)],
        after: &[
            || ::events_core::__private::IntoKey::into_key(charge),
            || ::events_core::__private::IntoKey::into_key(ship),
        ],
        install: |installer| {
            let __kept0 = installer.find::<State<'static, Ledger>>();
            let __kept1 = installer.find::<&'static Emission>();
            let ::core::option::Option::Some(__kept0) = __kept0 else {
                return;
            };
            let ::core::option::Option::Some(__kept1) = __kept1 else {
                return;
            };
            let origin = installer
                .origin(::events_core::__private::IntoKey::into_key(checkout));
            let once = ::events_core::__private::Once::new();
            installer
                .subscribe::<
                    <Login<'static> as ::events_core::Event>::Family,
                    _,
                >(move |event, run| {
                    if !run.is_from(&origin) {
                        return ::events_core::__private::Step::Skipped;
                    }
                    let when: fn(&Login<'_>) -> bool = |e: &Login<'_>| e.count > 0;
                    if !when(event) {
                        return ::events_core::__private::Step::Skipped;
                    }
                    if !once.claim() {
                        return ::events_core::__private::Step::Skipped;
                    }
                    let __made0 = <State<
                        'static,
                        Ledger,
                    > as ::events_core::__private::Param>::make(&__kept0, run);
                    let __made1 = <&'static Emission as ::events_core::__private::Param>::make(
                        &__kept1,
                        run,
                    );
                    ::events_core::__private::Outcome::into_step(
                        book(
                            event,
                            <State<
                                'static,
                                Ledger,
                            > as ::events_core::__private::Param>::lend(&__made0),
                            <&'static Emission as ::events_core::__private::Param>::lend(
                                &__made1,
                            ),
                        ),
                    )
                });
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER : Subscriber in SUBSCRIBERS = __DECLARED
    }
};
