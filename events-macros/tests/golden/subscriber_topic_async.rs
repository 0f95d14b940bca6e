//! Written by a macro, for this:
//!
//! ```
//! #[subscriber(topic = "shop::.*", when = |e: &dyn AnyEvent| e.origin().is_none())]
//! async fn export(event: &EventCopy, sink: State<'_, Sink>) -> Result<(), SinkError> {
//!     sink.send(event).await
//! }
//! ```

const _: () = {
    struct __Background<__0> {
        __kept0: __0,
        __own: ::events_core::__private::OwnSubscription,
    }
    impl<
        __0: ::core::marker::Send + ::core::marker::Sync + 'static,
    > ::events_core::__private::Background<EventCopy> for __Background<__0>
    where
        State<'static, Sink>: ::events_core::__private::Param<Kept = __0>,
    {
        fn call<'__call>(
            &'__call self,
            event: &'__call EventCopy,
            call: &'__call ::events_core::__private::BackgroundCall,
        ) -> impl ::core::future::Future<
            Output = ::events_core::__private::Step,
        > + ::core::marker::Send + '__call {
            async move {
                type __NeedsCall = ::events_core::__private::NeedsCall<
                    {
                        use ::events_core::__private::NoParam as _;
                        ::events_core::__private::CallProbe::<
                            State<'static, Sink>,
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
                    Sink,
                > as ::events_core::__private::Param>::acquire(&self.__kept0, context) {
                    ::core::result::Result::Ok(__held0) => __held0,
                    ::core::result::Result::Err(error) => {
                        return ::events_core::__private::not_acquired::<
                            State<'static, Sink>,
                        >(error);
                    }
                };
                ::events_core::__private::AsyncOutcome::into_step(
                    export(
                            event,
                            <State<
                                'static,
                                Sink,
                            > as ::events_core::__private::Param>::item(&mut __held0),
                        )
                        .await,
                )
            }
        }
    }
    const __DECLARED: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "export"),
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
        key: || ::events_core::__private::IntoKey::into_key(export),
        selector: ::events_core::__private::EventSelector::Topic(
            ::events_core::__private::PatternText::Regex("shop::.*"),
        ),
        before: &[],
        after: &[],
        install: |installer| {
            let __kept0 = installer.prepare::<State<'static, Sink>>();
            let ::core::option::Option::Some(__kept0) = __kept0 else {
                return;
            };
            let __own = installer.own();
            installer.conditional();
            let any = installer
                .copy_handler(
                    ::events_core::__private::any_filter(move |event, source| {
                        let when: fn(&dyn ::events_core::__private::AnyEvent) -> bool = |
                            e: &dyn AnyEvent|
                        e.origin().is_none();
                        if !when(event) {
                            return false;
                        }
                        true
                    }),
                    __Background { __kept0, __own },
                );
            installer.subscribe_topic(&any);
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER : Subscriber in SUBSCRIBERS = __DECLARED
    }
};
