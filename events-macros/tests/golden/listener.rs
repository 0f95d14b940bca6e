//! Written by a macro, for this:
//!
//! ```
//! #[listener]
//! impl Greeter {
//!     #[on]
//!     fn first(&self, event: &FirstLogin) {
//!         self.greet(event.user);
//!     }
//!
//!     #[cfg(unix)]
//!     #[on(priority = 5, when = |event: &Login| Self::knows(event), after = Self::first)]
//!     fn login(&self, event: &mut Login, ledger: State<'_, Ledger>) -> Result<(), LedgerError> {
//!         ledger.book(event)
//!     }
//!
//!     fn greet(&self, user: &User) {}
//! }
//! ```

const _: () = {
    type __This = Greeter;
    const __CONSTRUCTOR: ::core::option::Option<fn() -> __This> = {
        use ::events_core::__private::NoDefault as _;
        ::events_core::__private::DefaultProbe::<__This>::CONSTRUCTOR
    };
    const __HANDLER0: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "Greeter::first"),
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
        added_only: __CONSTRUCTOR.is_none(),
        key: || ::events_core::__private::IntoKey::into_key(__This::first),
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
            let ::core::option::Option::Some(listener) = installer
                .listener(__CONSTRUCTOR) else {
                return;
            };
            installer
                .subscribe_method::<
                    <FirstLogin as ::events_core::Event>::Family,
                    _,
                >(
                    ::core::option::Option::None::<
                        ::events_core::__private::Filter<
                            <FirstLogin as ::events_core::Event>::Family,
                        >,
                    >,
                    move |event, run| {
                        ::events_core::__private::Outcome::into_step(
                            __This::first(&listener, event),
                        )
                    },
                );
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER0 : Subscriber in SUBSCRIBERS = __HANDLER0
    }
    #[cfg(unix)]
    const __HANDLER1: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "Greeter::login"),
        module: ::core::module_path!(),
        location: ::events_core::__private::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::column!(),
        ),
        options: ::events_core::__private::SubscriberOptions {
            priority: 5,
            changes: true,
            once: false,
            awaited: false,
            asynchronous: false,
            deferred: false,
            concurrency: 0,
            optional: false,
            delay: ::events_core::__private::None,
            unit_phase: ::events_core::__private::None,
        },
        added_only: __CONSTRUCTOR.is_none(),
        key: || ::events_core::__private::IntoKey::into_key(__This::login),
        selector: ::events_core::__private::EventSelector::Events(
            &[::events_core::__private::event::<<Login as ::events_core::Event>::Family>],
        ),
        before: &[],
        after: &[
            || ::events_core::__private::OrderTarget::required(
                ::events_core::__private::IntoKey::into_key(Greeter::first),
            ),
        ],
        install: |installer| {
            let __kept0 = installer.prepare::<State<'static, Ledger>>();
            let ::core::option::Option::Some(__kept0) = __kept0 else {
                return;
            };
            let __own = installer.own();
            let ::core::option::Option::Some(listener) = installer
                .listener(__CONSTRUCTOR) else {
                return;
            };
            installer.conditional();
            installer
                .subscribe_method::<
                    <Login as ::events_core::Event>::Family,
                    _,
                >(
                    ::events_core::__private::filter::<
                        <Login as ::events_core::Event>::Family,
                        _,
                    >(move |event, source| {
                        let when: fn(&Login) -> bool = |event: &Login| Greeter::knows(
                            event,
                        );
                        if !when(event) {
                            return false;
                        }
                        true
                    }),
                    move |event, run| {
                        type __NeedsCall = ::events_core::__private::NeedsCall<
                            {
                                use ::events_core::__private::NoParam as _;
                                ::events_core::__private::CallProbe::<
                                    State<'static, Ledger>,
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
                        > as ::events_core::__private::Param>::acquire(
                            &__kept0,
                            context,
                        ) {
                            ::core::result::Result::Ok(__held0) => __held0,
                            ::core::result::Result::Err(error) => {
                                return ::events_core::__private::not_acquired::<
                                    State<'static, Ledger>,
                                >(error);
                            }
                        };
                        ::events_core::__private::Outcome::into_step(
                            __This::login(
                                &listener,
                                event,
                                <State<
                                    'static,
                                    Ledger,
                                > as ::events_core::__private::Param>::item(&mut __held0),
                            ),
                        )
                    },
                );
        },
    };
    #[cfg(unix)]
    ::events_core::__register! {
        static __SUBSCRIBER1 : Subscriber in SUBSCRIBERS = __HANDLER1
    }
    impl ::events_core::__private::OneListenerBlockPerType for __This {
        const HANDLERS: &'static [::events_core::__private::Subscriber] = &[
            __HANDLER0,
            #[cfg(unix)]
            __HANDLER1,
        ];
    }
};
