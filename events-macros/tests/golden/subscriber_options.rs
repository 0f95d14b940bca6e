//! Written by a macro, for this:
//!
//! ```
//! #[subscriber(priority = 10, when = |e: &Login<'_>| e.count > 0, origin = checkout, once, before = audit, after = [charge, ship], after_if_present = "metrics")]
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
            unit_phase: ::events_core::__private::None,
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
        before: &[
            || ::events_core::__private::OrderTarget::required(
                ::events_core::__private::IntoKey::into_key(audit),
            ),
        ],
        after: &[
            || ::events_core::__private::OrderTarget::required(
                ::events_core::__private::IntoKey::into_key(charge),
            ),
            || ::events_core::__private::OrderTarget::required(
                ::events_core::__private::IntoKey::into_key(ship),
            ),
            || ::events_core::__private::OrderTarget::if_present(
                ::events_core::__private::IntoKey::into_key("metrics"),
            ),
        ],
        install: |installer| {
            let __kept0 = installer.prepare::<State<'static, Ledger>>();
            let __kept1 = installer.prepare::<&'static Emission>();
            let ::core::option::Option::Some(__kept0) = __kept0 else {
                return;
            };
            let ::core::option::Option::Some(__kept1) = __kept1 else {
                return;
            };
            let __own = installer.own();
            let origin = installer
                .origin(::events_core::__private::IntoKey::into_key(checkout));
            installer.conditional();
            let once = installer.once();
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
                    type __NeedsCall = ::events_core::__private::NeedsCall<
                        {
                            use ::events_core::__private::NoParam as _;
                            ::events_core::__private::CallProbe::<
                                State<'static, Ledger>,
                            >::NEEDED
                                || ::events_core::__private::CallProbe::<
                                    &'static Emission,
                                >::NEEDED
                        },
                    >;
                    let slot = <__NeedsCall as ::events_core::__private::CallSlot>::new(
                        run,
                        &__own,
                    );
                    let context = <__NeedsCall as ::events_core::__private::CallSlot>::context(
                        &slot,
                    );
                    #[allow(clippy::let_unit_value)]
                    let mut __held0 = match <State<
                        'static,
                        Ledger,
                    > as ::events_core::__private::Param>::acquire(&__kept0, context) {
                        ::core::result::Result::Ok(__held0) => __held0,
                        ::core::result::Result::Err(error) => {
                            return ::events_core::__private::not_acquired::<
                                State<'static, Ledger>,
                            >(error);
                        }
                    };
                    #[allow(clippy::let_unit_value)]
                    let mut __held1 = match <&'static Emission as ::events_core::__private::Param>::acquire(
                        &__kept1,
                        context,
                    ) {
                        ::core::result::Result::Ok(__held1) => __held1,
                        ::core::result::Result::Err(error) => {
                            return ::events_core::__private::not_acquired::<
                                &'static Emission,
                            >(error);
                        }
                    };
                    ::events_core::__private::Outcome::into_step(
                        book(
                            event,
                            <State<
                                'static,
                                Ledger,
                            > as ::events_core::__private::Param>::item(&mut __held0),
                            <&'static Emission as ::events_core::__private::Param>::item(
                                &mut __held1,
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
