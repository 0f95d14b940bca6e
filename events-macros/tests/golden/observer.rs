//! Written by a macro, for this:
//!
//! ```
//! #[observer(User)]
//! impl UserObserver {
//!     fn creating(&self, event: &mut Creating<User>) {}
//!
//!     #[on(deferred)]
//!     fn updated(&self, event: &Updated<User>) {}
//! }
//! ```

const _: () = {
    type __This = UserObserver;
    const __CONSTRUCTOR: ::core::option::Option<fn() -> __This> = {
        use ::events_core::__private::NoDefault as _;
        ::events_core::__private::DefaultProbe::<__This>::CONSTRUCTOR
    };
    const __HANDLER0: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "UserObserver::creating"),
        module: ::core::module_path!(),
        location: ::events_core::__private::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::column!(),
        ),
        options: ::events_core::__private::SubscriberOptions {
            priority: 0,
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
        key: || ::events_core::__private::IntoKey::into_key(__This::creating),
        selector: ::events_core::__private::EventSelector::Events(
            &[
                ::events_core::__private::event::<
                    <<Creating<
                        User,
                    > as ::events_core::__private::Observed<
                        ::events_core::record::Creating<User>,
                    >>::Event as ::events_core::Event>::Family,
                >,
            ],
        ),
        before: &[],
        after: &[],
        install: |installer| {
            {
                use ::events_core::__private::{AnyModel as _, OtherEvent as _};
                const _: () = ::events_core::__private::check_model(
                    ::events_core::__private::ModelCheck::<
                        ::events_core::record::Creating<User>,
                    >::REMEDY,
                );
                ::events_core::__private::RecordProbe::<
                    ::events_core::record::Creating<User>,
                >::REGISTER_COPIES();
            }
            let ::core::option::Option::Some(listener) = installer
                .listener(__CONSTRUCTOR) else {
                return;
            };
            installer
                .subscribe_method::<
                    <<Creating<
                        User,
                    > as ::events_core::__private::Observed<
                        ::events_core::record::Creating<User>,
                    >>::Event as ::events_core::Event>::Family,
                    _,
                >(
                    ::core::option::Option::None::<
                        ::events_core::__private::Filter<
                            <<Creating<
                                User,
                            > as ::events_core::__private::Observed<
                                ::events_core::record::Creating<User>,
                            >>::Event as ::events_core::Event>::Family,
                        >,
                    >,
                    move |event, run| {
                        ::events_core::__private::Outcome::into_step(
                            __This::creating(&listener, event),
                        )
                    },
                );
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER0 : Subscriber in SUBSCRIBERS = __HANDLER0
    }
    const __HANDLER1: ::events_core::__private::Subscriber = {
        struct __Background {
            __listener: ::events_core::__private::Arc<__This>,
        }
        impl ::events_core::__private::Background<Updated<User>> for __Background
        where
            for<'__any> Updated<User>: ::events_core::__private::Snapshot,
            for<'__any> __This: ::core::marker::Send + ::core::marker::Sync,
        {
            fn call<'__call>(
                &'__call self,
                event: &'__call Updated<User>,
                call: &'__call ::events_core::__private::BackgroundCall,
            ) -> impl ::core::future::Future<
                Output = ::events_core::__private::Step,
            > + ::core::marker::Send + '__call {
                async move {
                    ::events_core::__private::AsyncOutcome::into_step(
                        __This::updated(&self.__listener, event),
                    )
                }
            }
        }
        ::events_core::__private::Subscriber {
            name: ::core::concat!(::core::module_path!(), "::", "UserObserver::updated"),
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
                deferred: true,
                concurrency: 0,
                optional: false,
                delay: ::events_core::__private::None,
                unit_phase: ::events_core::__private::None,
            },
            added_only: __CONSTRUCTOR.is_none(),
            key: || ::events_core::__private::IntoKey::into_key(__This::updated),
            selector: ::events_core::__private::EventSelector::Events(
                &[
                    ::events_core::__private::event::<
                        <<Updated<
                            User,
                        > as ::events_core::__private::Observed<
                            ::events_core::record::Updated<User>,
                        >>::Event as ::events_core::Event>::Family,
                    >,
                ],
            ),
            before: &[],
            after: &[],
            install: |installer| {
                {
                    use ::events_core::__private::{AnyModel as _, OtherEvent as _};
                    const _: () = ::events_core::__private::check_model(
                        ::events_core::__private::ModelCheck::<
                            ::events_core::record::Updated<User>,
                        >::REMEDY,
                    );
                    ::events_core::__private::RecordProbe::<
                        ::events_core::record::Updated<User>,
                    >::REGISTER_COPIES();
                }
                let ::core::option::Option::Some(listener) = installer
                    .listener(__CONSTRUCTOR) else {
                    return;
                };
                installer
                    .subscribe_background::<
                        <<Updated<
                            User,
                        > as ::events_core::__private::Observed<
                            ::events_core::record::Updated<User>,
                        >>::Event as ::events_core::Event>::Family,
                        _,
                        false,
                    >(
                        ::core::option::Option::None::<
                            ::events_core::__private::Filter<
                                <<Updated<
                                    User,
                                > as ::events_core::__private::Observed<
                                    ::events_core::record::Updated<User>,
                                >>::Event as ::events_core::Event>::Family,
                            >,
                        >,
                        __Background {
                            __listener: listener,
                        },
                    );
            },
        }
    };
    ::events_core::__register! {
        static __SUBSCRIBER1 : Subscriber in SUBSCRIBERS = __HANDLER1
    }
    impl ::events_core::__private::OneListenerBlockPerType for __This {
        const HANDLERS: &'static [::events_core::__private::Subscriber] = &[
            __HANDLER0,
            __HANDLER1,
        ];
    }
};
