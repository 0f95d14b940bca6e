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
                    let __made0 = <State<
                        'static,
                        Mailer,
                    > as ::events_core::__private::Param>::make(&self.__kept0, call);
                    ::events_core::__private::AsyncOutcome::into_step(
                        __This::mail(
                                &self.__listener,
                                event,
                                <State<
                                    'static,
                                    Mailer,
                                > as ::events_core::__private::Param>::lend(&__made0),
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
                let __kept0 = installer.find::<State<'static, Mailer>>();
                let ::core::option::Option::Some(__kept0) = __kept0 else {
                    return;
                };
                let ::core::option::Option::Some(listener) = installer
                    .listener(__CONSTRUCTOR) else {
                    return;
                };
                let handler = installer
                    .with_policies(
                        {
                            const __POLICIES: ::events_core::__private::CallPolicies = ::events_core::__private::CallPolicies::NONE;
                            __POLICIES
                        },
                        ::core::option::Option::None,
                        __Background {
                            __listener: listener,
                            __kept0,
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
