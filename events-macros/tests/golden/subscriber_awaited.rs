//! Written by a macro, for this:
//!
//! ```
//! #[subscriber(once)]
//! async fn reserve(event: &mut Checkout<'_>, stock: State<'_, Stock>) -> ControlFlow<()> {
//!     stock.reserve(event.order).await
//! }
//! ```

const _: () = {
    struct __Background<__0> {
        __kept0: __0,
        __own: ::events_core::__private::OwnSubscription,
    }
    impl<
        __0: ::core::marker::Send + ::core::marker::Sync + 'static,
    > ::events_core::__private::Awaited<Checkout<'static>> for __Background<__0>
    where
        for<'__any> <Checkout<
            'static,
        > as ::events_core::__private::Family>::Of<
            '__any,
        >: ::events_core::__private::AwaitedEvent,
        State<'static, Stock>: ::events_core::__private::Param<Kept = __0>,
    {
        fn call<'__call, '__event: '__call>(
            &'__call self,
            event: &'__call mut <Checkout<
                'static,
            > as ::events_core::__private::Family>::Of<'__event>,
            call: &'__call ::events_core::__private::BackgroundCall,
        ) -> impl ::core::future::Future<
            Output = ::events_core::__private::Step,
        > + ::core::marker::Send + '__call {
            async move {
                type __NeedsCall = ::events_core::__private::NeedsCall<
                    {
                        use ::events_core::__private::NoParam as _;
                        ::events_core::__private::CallProbe::<
                            State<'static, Stock>,
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
                    Stock,
                > as ::events_core::__private::Param>::acquire(&self.__kept0, context) {
                    ::core::result::Result::Ok(__held0) => __held0,
                    ::core::result::Result::Err(error) => {
                        return ::events_core::__private::not_acquired::<
                            State<'static, Stock>,
                        >(error);
                    }
                };
                ::events_core::__private::Outcome::into_step(
                    reserve(
                            event,
                            <State<
                                'static,
                                Stock,
                            > as ::events_core::__private::Param>::item(&mut __held0),
                        )
                        .await,
                )
            }
        }
    }
    const __DECLARED: ::events_core::__private::Subscriber = ::events_core::__private::Subscriber {
        name: ::core::concat!(::core::module_path!(), "::", "reserve"),
        module: ::core::module_path!(),
        location: ::events_core::__private::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::column!(),
        ),
        options: ::events_core::__private::SubscriberOptions {
            priority: 0,
            changes: true,
            once: true,
            awaited: true,
            asynchronous: false,
            deferred: false,
            concurrency: 0,
            optional: false,
            delay: ::events_core::__private::None,
            unit_phase: ::events_core::__private::None,
        },
        added_only: false,
        key: || ::events_core::__private::IntoKey::into_key(reserve),
        selector: ::events_core::__private::EventSelector::Events(
            &[
                ::events_core::__private::event::<
                    <Checkout<'static> as ::events_core::Event>::Family,
                >,
            ],
        ),
        before: &[],
        after: &[],
        install: |installer| {
            let __kept0 = installer.prepare::<State<'static, Stock>>();
            let ::core::option::Option::Some(__kept0) = __kept0 else {
                return;
            };
            let __own = installer.own();
            let once = installer.once();
            let tested = ::core::clone::Clone::clone(&once);
            installer
                .subscribe_awaited::<
                    <Checkout<'static> as ::events_core::Event>::Family,
                    _,
                >(
                    ::events_core::__private::filter::<
                        <Checkout<'static> as ::events_core::Event>::Family,
                        _,
                    >(move |event, source| {
                        if tested.is_claimed() {
                            return false;
                        }
                        true
                    }),
                    ::core::option::Option::Some(move || once.claim()),
                    __Background { __kept0, __own },
                );
        },
    };
    ::events_core::__register! {
        static __SUBSCRIBER : Subscriber in SUBSCRIBERS = __DECLARED
    }
};
