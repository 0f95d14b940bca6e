//! Written by a macro, for this:
//!
//! ```
//! #[subscriber]
//! async fn welcome(
//!     event: &FirstLogin,
//!     mailer: State<'_, Mailer>,
//!     emission: &Emission,
//! ) -> Result<(), MailError> {
//!     mailer.send(event).await
//! }
//! ```

const _: () = {
    struct __Background<__0, __1> {
        __kept0: __0,
        __kept1: __1,
    }
    impl<
        __0: ::core::marker::Send + ::core::marker::Sync + 'static,
        __1: ::core::marker::Send + ::core::marker::Sync + 'static,
    > ::events_core::__private::Background<FirstLogin> for __Background<__0, __1>
    where
        for<'__any> FirstLogin: ::events_core::__private::Snapshot,
        State<'static, Mailer>: ::events_core::__private::Param<Kept = __0>,
        &'static Emission: ::events_core::__private::Param<Kept = __1>,
    {
        fn call<'__call>(
            &'__call self,
            event: &'__call FirstLogin,
            call: &'__call ::events_core::__private::BackgroundCall,
        ) -> impl ::core::future::Future<
            Output = ::events_core::__private::Step,
        > + ::core::marker::Send + '__call {
            async move {
                let __made0 = <State<
                    'static,
                    Mailer,
                > as ::events_core::__private::Param>::make(&self.__kept0, call);
                let __made1 = <&'static Emission as ::events_core::__private::Param>::make(
                    &self.__kept1,
                    call,
                );
                ::events_core::__private::AsyncOutcome::into_step(
                    welcome(
                            event,
                            <State<
                                'static,
                                Mailer,
                            > as ::events_core::__private::Param>::lend(&__made0),
                            <&'static Emission as ::events_core::__private::Param>::lend(
                                &__made1,
                            ),
                        )
                        .await,
                )
            }
        }
    }
    const __DECLARED: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "welcome"),
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
            concurrency: 0,
            optional: false,
            delay: ::events_core::__private::None,
        },
        added_only: false,
        key: || ::events_core::__private::IntoKey::into_key(welcome),
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
            let __kept0 = installer.find::<State<'static, Mailer>>();
            let __kept1 = installer.find::<&'static Emission>();
            let ::core::option::Option::Some(__kept0) = __kept0 else {
                return;
            };
            let ::core::option::Option::Some(__kept1) = __kept1 else {
                return;
            };
            installer
                .subscribe_background::<
                    <FirstLogin as ::events_core::Event>::Family,
                    _,
                    false,
                >(
                    ::core::option::Option::None::<
                        ::events_core::__private::Filter<
                            <FirstLogin as ::events_core::Event>::Family,
                        >,
                    >,
                    __Background { __kept0, __kept1 },
                );
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER : Subscriber in SUBSCRIBERS = __DECLARED
    }
};
