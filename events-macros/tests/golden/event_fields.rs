//! Written by a macro, for this:
//!
//! ```
//! /// User logs in for the first time.
//! #[derive(Event)]
//! pub struct FirstLogin {
//!     /// Where from.
//!     #[event(into, secret)]
//!     pub ip: String,
//!     #[event(default = 1)]
//!     pub attempts: u32,
//!     pub referrer: Option<String>,
//! }
//! ```

const _: () = {
    use ::events_core::__private as __events;
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "FirstLogin"),
        "FirstLogin",
        __events::module_path!(),
        __events::here(),
        "User logs in for the first time.",
        &[
            __events::FieldInfo::new("ip", "String", true),
            __events::FieldInfo::new("attempts", "u32", false),
            __events::FieldInfo::new("referrer", "Option < String >", false),
        ],
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::new();
    #[automatically_derived]
    impl ::events_core::Event for FirstLogin {
        type Family = FirstLogin;
        type Verbs = __events::Current;
        #[inline]
        fn __lend<__V: __events::Visit<FirstLogin>>(
            &mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
    }
    #[automatically_derived]
    impl ::events_core::Family for FirstLogin {
        type Of<'__member> = FirstLogin;
        #[inline]
        fn declared() -> __events::Declared {
            __events::Declared {
                info: &__INFO,
                home: __events::Some(&__SLOT),
            }
        }
    }
};
/// Builds a [`FirstLogin`]: one setter a field, in any order, and then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
pub struct FirstLoginBuilder<
    __ip = ::events_core::__private::Unset,
    __attempts = ::events_core::__private::Unset,
    __referrer = ::events_core::__private::Unset,
> {
    __values: (
        ::core::option::Option<String>,
        ::core::option::Option<u32>,
        ::core::option::Option<Option<String>>,
    ),
    __states: ::core::marker::PhantomData<
        fn() -> (FirstLogin, __ip, __attempts, __referrer),
    >,
}
const _: () = {
    use ::events_core::__private as __events;
    #[automatically_derived]
    impl FirstLogin {
        /// Starts a [`FirstLogin`]; see [`FirstLoginBuilder`].
        #[inline]
        pub fn builder() -> FirstLoginBuilder {
            FirstLoginBuilder {
                __values: (__events::None, __events::None, __events::None),
                __states: __events::PhantomData,
            }
        }
    }
    #[diagnostic::on_unimplemented(
        message = "`FirstLogin` cannot be built: required field `ip` is not set",
        label = "add `.ip(..)` before this call",
        note = "in `emit!`, add `ip = ..`"
    )]
    pub trait __ip_is_set {}
    #[diagnostic::do_not_recommend]
    impl __ip_is_set for __events::Set {}
    #[diagnostic::on_unimplemented(
        message = "field `ip` of `FirstLogin` is set twice",
        label = "remove this call: `ip` is set before"
    )]
    pub trait __ip_is_unset {}
    #[diagnostic::do_not_recommend]
    impl __ip_is_unset for __events::Unset {}
    #[diagnostic::on_unimplemented(
        message = "field `attempts` of `FirstLogin` is set twice",
        label = "remove this call: `attempts` is set before"
    )]
    pub trait __attempts_is_unset {}
    #[diagnostic::do_not_recommend]
    impl __attempts_is_unset for __events::Unset {}
    #[diagnostic::on_unimplemented(
        message = "field `referrer` of `FirstLogin` is set twice",
        label = "remove this call: `referrer` is set before"
    )]
    pub trait __referrer_is_unset {}
    #[diagnostic::do_not_recommend]
    impl __referrer_is_unset for __events::Unset {}
    #[automatically_derived]
    impl<__ip, __attempts, __referrer> __events::Build
    for FirstLoginBuilder<__ip, __attempts, __referrer>
    where
        __ip: __ip_is_set,
    {
        type Event = FirstLogin;
        #[inline]
        fn build(self) -> FirstLogin {
            FirstLogin {
                ip: __events::given(self.__values.0),
                attempts: __events::Option::unwrap_or_else(self.__values.1, || 1),
                referrer: __events::Option::flatten(self.__values.2),
            }
        }
    }
    #[automatically_derived]
    impl<__ip, __attempts, __referrer> FirstLoginBuilder<__ip, __attempts, __referrer> {
        /// Where from.
        #[inline]
        pub fn ip(
            mut self,
            value: impl ::core::convert::Into<String>,
        ) -> FirstLoginBuilder<__events::Set, __attempts, __referrer>
        where
            __ip: __ip_is_unset,
        {
            self.__values.0 = __events::Some(__events::Into::into(value));
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `attempts`.
        #[inline]
        pub fn attempts(
            mut self,
            value: u32,
        ) -> FirstLoginBuilder<__ip, __events::Set, __referrer>
        where
            __attempts: __attempts_is_unset,
        {
            self.__values.1 = __events::Some(value);
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `referrer`.
        #[inline]
        pub fn referrer(
            mut self,
            value: String,
        ) -> FirstLoginBuilder<__ip, __attempts, __events::Set>
        where
            __referrer: __referrer_is_unset,
        {
            self.__values.2 = __events::Some(__events::Some(value));
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `attempts`, or with `None` leaves it as if it were not set.
        #[inline]
        pub fn maybe_attempts(
            mut self,
            value: __events::Option<u32>,
        ) -> FirstLoginBuilder<__ip, __events::Set, __referrer>
        where
            __attempts: __attempts_is_unset,
        {
            self.__values.1 = value;
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `referrer`, or with `None` leaves it as if it were not set.
        #[inline]
        pub fn maybe_referrer(
            mut self,
            value: __events::Option<String>,
        ) -> FirstLoginBuilder<__ip, __attempts, __events::Set>
        where
            __referrer: __referrer_is_unset,
        {
            self.__values.2 = __events::Some(value);
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        #[doc(hidden)]
        #[inline]
        pub fn __build(self) -> FirstLogin
        where
            __ip: __ip_is_set,
        {
            __events::Build::build(self)
        }
        /// Puts the event together.
        #[inline]
        #[must_use]
        pub fn build(self) -> FirstLogin
        where
            __ip: __ip_is_set,
        {
            __events::Build::build(self)
        }
        /// Builds the event, runs its subscribers, and gives it back as they left it.
        #[inline]
        pub fn emit(self) -> FirstLogin
        where
            __ip: __ip_is_set,
        {
            ::events_core::Event::emit(__events::Build::build(self))
        }
        /// Builds the event, runs its subscribers, and tells what became of it.
        ///
        /// # Errors
        ///
        /// When a subscriber failed, or when the emit was refused as nested too deep.
        #[inline]
        pub fn try_emit(
            self,
        ) -> __events::Result<
            ::events_core::Emitted<FirstLogin>,
            ::events_core::EmitError<FirstLogin>,
        >
        where
            __ip: __ip_is_set,
        {
            ::events_core::Event::try_emit(__events::Build::build(self))
        }
    }
};
