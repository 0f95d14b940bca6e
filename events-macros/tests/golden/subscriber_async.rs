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
        __own: ::events_core::__private::OwnSubscription,
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
                type __NeedsCall = ::events_core::__private::NeedsCall<
                    {
                        use ::events_core::__private::NoParam as _;
                        ::events_core::__private::CallProbe::<
                            State<'static, Mailer>,
                        >::NEEDED
                            || ::events_core::__private::CallProbe::<
                                &'static Emission,
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
                > as ::events_core::__private::Param>::acquire(&self.__kept0, context) {
                    ::core::result::Result::Ok(__held0) => __held0,
                    ::core::result::Result::Err(error) => {
                        return ::events_core::__private::not_acquired::<
                            State<'static, Mailer>,
                        >(error);
                    }
                };
                #[allow(clippy::let_unit_value)]
                let mut __held1 = match <&'static Emission as ::events_core::__private::Param>::acquire(
                    &self.__kept1,
                    context,
                ) {
                    ::core::result::Result::Ok(__held1) => __held1,
                    ::core::result::Result::Err(error) => {
                        return ::events_core::__private::not_acquired::<
                            &'static Emission,
                        >(error);
                    }
                };
                ::events_core::__private::AsyncOutcome::into_step(
                    welcome(
                            event,
                            <State<
                                'static,
                                Mailer,
                            > as ::events_core::__private::Param>::item(&mut __held0),
                            <&'static Emission as ::events_core::__private::Param>::item(
                                &mut __held1,
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
            unit_phase: ::events_core::__private::None,
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
            let __kept0 = installer.prepare::<State<'static, Mailer>>();
            let __kept1 = installer.prepare::<&'static Emission>();
            let ::core::option::Option::Some(__kept0) = __kept0 else {
                return;
            };
            let ::core::option::Option::Some(__kept1) = __kept1 else {
                return;
            };
            let __own = installer.own();
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
                    __Background {
                        __kept0,
                        __kept1,
                        __own,
                    },
                );
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER : Subscriber in SUBSCRIBERS = __DECLARED
    }
};
