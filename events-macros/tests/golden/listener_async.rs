//! Written by a macro, for this:
//!
//! ```
//! #[listener]
//! impl Greeter<u8> {
//!     #[on(concurrency = 1)]
//!     async fn mail(&self, event: &Changed<Self>, mailer: State<'_, Mailer>) {
//!         mailer.send(event).await
//!     }
//! }
//! ```

const _: () = {
    type __This = Greeter<u8>;
    const __CONSTRUCTOR: ::core::option::Option<fn() -> __This> = {
        use ::events_core::__private::NoDefault as _;
        ::events_core::__private::DefaultProbe::<__This>::CONSTRUCTOR
    };
    const __HANDLER0: ::events_core::__private::Subscriber = {
        struct __Background<__0> {
            __listener: ::events_core::__private::Arc<__This>,
            __kept0: __0,
            __own: ::events_core::__private::OwnSubscription,
        }
        impl<
            __0: ::core::marker::Send + ::core::marker::Sync + 'static,
        > ::events_core::__private::Background<Changed<__This>> for __Background<__0>
        where
            for<'__any> Changed<__This>: ::events_core::__private::Snapshot,
            State<'static, Mailer>: ::events_core::__private::Param<Kept = __0>,
            for<'__any> __This: ::core::marker::Send + ::core::marker::Sync,
        {
            fn call<'__call>(
                &'__call self,
                event: &'__call Changed<__This>,
                call: &'__call ::events_core::__private::BackgroundCall,
            ) -> impl ::core::future::Future<
                Output = ::events_core::__private::Step,
            > + ::core::marker::Send + '__call {
                async move {
                    type __NeedsCall = ::events_core::__private::NeedsCall<
                        {
                            use ::events_core::__private::NoParam as _;
                            ::events_core::__private::CallProbe::<
                                State<'static, Mailer>,
                            >::NEEDED
                        },
                    >;
                    let slot = <__NeedsCall as ::events_core::__private::CallSlot>::new(
                        call,
                        &self.__own,
                    );
                    let context = <__NeedsCall as ::events_core::__private::CallSlot>::context(
                        &slot,
                    );
                    #[allow(clippy::let_unit_value)]
                    let mut __held0 = match <State<
                        'static,
                        Mailer,
                    > as ::events_core::__private::Param>::acquire(
                        &self.__kept0,
                        context,
                    ) {
                        ::core::result::Result::Ok(__held0) => __held0,
                        ::core::result::Result::Err(error) => {
                            return ::events_core::__private::not_acquired::<
                                State<'static, Mailer>,
                            >(error);
                        }
                    };
                    ::events_core::__private::AsyncOutcome::into_step(
                        __This::mail(
                                &self.__listener,
                                event,
                                <State<
                                    'static,
                                    Mailer,
                                > as ::events_core::__private::Param>::item(&mut __held0),
                            )
                            .await,
                    )
                }
            }
        }
        ::events_core::__private::Subscriber {
            name: ::core::concat!(::core::module_path!(), "::", "Greeter<u8>::mail"),
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
                asynchronous: true,
                deferred: false,
                concurrency: ::events_core::__private::at_once(1),
                optional: false,
                delay: ::events_core::__private::None,
                unit_phase: ::events_core::__private::None,
            },
            added_only: __CONSTRUCTOR.is_none(),
            key: || ::events_core::__private::IntoKey::into_key(__This::mail),
            selector: ::events_core::__private::EventSelector::Events(
                &[
                    ::events_core::__private::event::<
                        <Changed<__This> as ::events_core::Event>::Family,
                    >,
                ],
            ),
            before: &[],
            after: &[],
            install: |installer| {
                let __kept0 = installer.prepare::<State<'static, Mailer>>();
                let ::core::option::Option::Some(__kept0) = __kept0 else {
                    return;
                };
                let __own = installer.own();
                let ::core::option::Option::Some(listener) = installer
                    .listener(__CONSTRUCTOR) else {
                    return;
                };
                let handler = installer
                    .with_policies(
                        { ::events_core::__private::CallPolicies::NONE },
                        ::core::option::Option::None,
                        __Background {
                            __listener: listener,
                            __kept0,
                            __own,
                        },
                    );
                installer
                    .subscribe_background::<
                        <Changed<__This> as ::events_core::Event>::Family,
                        _,
                        false,
                    >(
                        ::core::option::Option::None::<
                            ::events_core::__private::Filter<
                                <Changed<__This> as ::events_core::Event>::Family,
                            >,
                        >,
                        handler,
                    );
            },
        }
    };
    ::events_core::__register! {
        static __SUBSCRIBER0 : Subscriber in SUBSCRIBERS = __HANDLER0
    }
    impl ::events_core::__private::OneListenerBlockPerType for __This {
        const HANDLERS: &'static [::events_core::__private::Subscriber] = &[__HANDLER0];
    }
};
