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
    const __DESCRIBED: ::events_core::EventInfo = ::events_core::EventInfo::new(
        ::core::concat!(::core::module_path!(), "::", "FirstLogin"),
        "FirstLogin",
        ::core::module_path!(),
        ::events_core::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::column!(),
        ),
        "User logs in for the first time.",
        &[
            ::events_core::FieldInfo::new("ip", "String", true),
            ::events_core::FieldInfo::new("attempts", "u32", false),
            ::events_core::FieldInfo::new("referrer", "Option < String >", false),
        ],
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: ::core::mem::ManuallyDrop<
        ::events_core::__private::Slot<FirstLogin>,
    > = ::core::mem::ManuallyDrop::new(::events_core::__private::Slot::new());
    #[automatically_derived]
    impl ::events_core::Event for FirstLogin {
        type Family = FirstLogin;
        #[inline]
        fn __emit(&mut self, origin: ::core::option::Option<&::events_core::Origin>) {
            ::events_core::__private::emit::<FirstLogin>(self, origin)
        }
        #[inline]
        fn __try_emit(
            self,
            origin: ::core::option::Option<&::events_core::Origin>,
        ) -> ::core::result::Result<
            ::events_core::Emitted<Self>,
            ::events_core::EmitError<Self>,
        > {
            ::events_core::__private::try_emit(self, origin)
        }
        #[inline]
        fn __lend<__V: ::events_core::__private::Visit<FirstLogin>>(
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
        fn info() -> &'static ::events_core::EventInfo {
            &__INFO
        }
        #[inline]
        fn home() -> ::core::option::Option<::events_core::__private::Home> {
            ::core::option::Option::Some(&*__SLOT)
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
    ip: __ip,
    attempts: __attempts,
    referrer: __referrer,
    __event: ::core::marker::PhantomData<fn() -> FirstLogin>,
}
const _: () = {
    #[automatically_derived]
    impl FirstLogin {
        /// Starts a [`FirstLogin`]; see [`FirstLoginBuilder`].
        #[inline]
        pub fn builder() -> FirstLoginBuilder<
            ::events_core::__private::Unset,
            ::events_core::__private::Unset,
            ::events_core::__private::Unset,
        > {
            FirstLoginBuilder {
                ip: ::events_core::__private::Unset,
                attempts: ::events_core::__private::Unset,
                referrer: ::events_core::__private::Unset,
                __event: ::core::marker::PhantomData,
            }
        }
    }
    #[diagnostic::on_unimplemented(
        message = "`FirstLogin` cannot be built: required field `ip` is not set",
        label = "add `.ip(..)` before this call",
        note = "in `emit!`, add `ip = ..`"
    )]
    pub trait __ip_is_set<T>: ::events_core::__private::Take<T> {}
    #[diagnostic::do_not_recommend]
    impl<T> __ip_is_set<T> for ::events_core::__private::Set<T> {}
    #[diagnostic::on_unimplemented(
        message = "field `ip` of `FirstLogin` is set twice",
        label = "remove this call: `ip` is set before"
    )]
    pub trait __ip_is_unset {}
    #[diagnostic::do_not_recommend]
    impl __ip_is_unset for ::events_core::__private::Unset {}
    #[diagnostic::on_unimplemented(
        message = "field `attempts` of `FirstLogin` is set twice",
        label = "remove this call: `attempts` is set before"
    )]
    pub trait __attempts_is_unset {}
    #[diagnostic::do_not_recommend]
    impl __attempts_is_unset for ::events_core::__private::Unset {}
    #[diagnostic::on_unimplemented(
        message = "field `referrer` of `FirstLogin` is set twice",
        label = "remove this call: `referrer` is set before"
    )]
    pub trait __referrer_is_unset {}
    #[diagnostic::do_not_recommend]
    impl __referrer_is_unset for ::events_core::__private::Unset {}
    #[automatically_derived]
    impl<__ip, __attempts, __referrer> ::events_core::__private::Build
    for FirstLoginBuilder<__ip, __attempts, __referrer>
    where
        __ip: __ip_is_set<String>,
        __attempts: ::events_core::__private::Given<u32>,
        __referrer: ::events_core::__private::Given<Option<String>>,
    {
        type Event = FirstLogin;
        #[inline]
        fn build(self) -> FirstLogin {
            FirstLogin {
                ip: ::events_core::__private::Take::take(self.ip),
                attempts: ::events_core::__private::Given::or_else(self.attempts, || 1),
                referrer: ::events_core::__private::Given::or_else(
                    self.referrer,
                    || ::core::option::Option::None,
                ),
            }
        }
    }
    #[automatically_derived]
    impl<__ip, __attempts, __referrer> FirstLoginBuilder<__ip, __attempts, __referrer> {
        /// Where from.
        #[inline]
        pub fn ip(
            self,
            value: impl ::core::convert::Into<String>,
        ) -> FirstLoginBuilder<
            ::events_core::__private::Set<String>,
            __attempts,
            __referrer,
        >
        where
            __ip: __ip_is_unset,
        {
            FirstLoginBuilder {
                ip: ::events_core::__private::Set(::core::convert::Into::into(value)),
                attempts: self.attempts,
                referrer: self.referrer,
                __event: ::core::marker::PhantomData,
            }
        }
        /// Sets `attempts`.
        #[inline]
        pub fn attempts(
            self,
            value: u32,
        ) -> FirstLoginBuilder<__ip, ::events_core::__private::Set<u32>, __referrer>
        where
            __attempts: __attempts_is_unset,
        {
            FirstLoginBuilder {
                ip: self.ip,
                attempts: ::events_core::__private::Set(value),
                referrer: self.referrer,
                __event: ::core::marker::PhantomData,
            }
        }
        /// Sets `referrer`.
        #[inline]
        pub fn referrer(
            self,
            value: String,
        ) -> FirstLoginBuilder<
            __ip,
            __attempts,
            ::events_core::__private::Set<Option<String>>,
        >
        where
            __referrer: __referrer_is_unset,
        {
            FirstLoginBuilder {
                ip: self.ip,
                attempts: self.attempts,
                referrer: ::events_core::__private::Set(
                    ::core::option::Option::Some(value),
                ),
                __event: ::core::marker::PhantomData,
            }
        }
        /// Sets `attempts`, or with `None` leaves it as if it were not set.
        #[inline]
        pub fn maybe_attempts(
            self,
            value: ::core::option::Option<u32>,
        ) -> FirstLoginBuilder<__ip, ::events_core::__private::Set<u32>, __referrer>
        where
            __attempts: __attempts_is_unset,
        {
            FirstLoginBuilder {
                ip: self.ip,
                attempts: ::events_core::__private::Set(
                    ::core::option::Option::unwrap_or_else(value, || 1),
                ),
                referrer: self.referrer,
                __event: ::core::marker::PhantomData,
            }
        }
        /// Sets `referrer`, or with `None` leaves it as if it were not set.
        #[inline]
        pub fn maybe_referrer(
            self,
            value: ::core::option::Option<String>,
        ) -> FirstLoginBuilder<
            __ip,
            __attempts,
            ::events_core::__private::Set<Option<String>>,
        >
        where
            __referrer: __referrer_is_unset,
        {
            FirstLoginBuilder {
                ip: self.ip,
                attempts: self.attempts,
                referrer: ::events_core::__private::Set(value),
                __event: ::core::marker::PhantomData,
            }
        }
        #[doc(hidden)]
        #[inline]
        pub fn __build(self) -> FirstLogin
        where
            __ip: __ip_is_set<String>,
            __attempts: ::events_core::__private::Given<u32>,
            __referrer: ::events_core::__private::Given<Option<String>>,
        {
            ::events_core::__private::Build::build(self)
        }
        /// Puts the event together.
        #[inline]
        #[must_use]
        pub fn build(self) -> FirstLogin
        where
            __ip: __ip_is_set<String>,
            __attempts: ::events_core::__private::Given<u32>,
            __referrer: ::events_core::__private::Given<Option<String>>,
        {
            ::events_core::__private::Build::build(self)
        }
        /// Builds the event, runs its subscribers, and gives it back as they left it.
        #[inline]
        pub fn emit(self) -> FirstLogin
        where
            __ip: __ip_is_set<String>,
            __attempts: ::events_core::__private::Given<u32>,
            __referrer: ::events_core::__private::Given<Option<String>>,
        {
            ::events_core::Event::emit(::events_core::__private::Build::build(self))
        }
        /// `emit`, and says where from.
        #[inline]
        pub fn emit_from<__M>(
            self,
            origin: impl ::events_core::IntoKey<__M>,
        ) -> FirstLogin
        where
            __ip: __ip_is_set<String>,
            __attempts: ::events_core::__private::Given<u32>,
            __referrer: ::events_core::__private::Given<Option<String>>,
        {
            ::events_core::Event::emit_from(
                ::events_core::__private::Build::build(self),
                origin,
            )
        }
        /// Builds the event, runs its subscribers, and tells what became of it.
        ///
        /// # Errors
        ///
        /// When a subscriber failed, or when the emit was refused as nested too deep.
        #[inline]
        pub fn try_emit(
            self,
        ) -> ::core::result::Result<
            ::events_core::Emitted<FirstLogin>,
            ::events_core::EmitError<FirstLogin>,
        >
        where
            __ip: __ip_is_set<String>,
            __attempts: ::events_core::__private::Given<u32>,
            __referrer: ::events_core::__private::Given<Option<String>>,
        {
            ::events_core::Event::try_emit(::events_core::__private::Build::build(self))
        }
        /// `try_emit`, and says where from.
        ///
        /// # Errors
        ///
        /// As `try_emit`.
        #[inline]
        pub fn try_emit_from<__M>(
            self,
            origin: impl ::events_core::IntoKey<__M>,
        ) -> ::core::result::Result<
            ::events_core::Emitted<FirstLogin>,
            ::events_core::EmitError<FirstLogin>,
        >
        where
            __ip: __ip_is_set<String>,
            __attempts: ::events_core::__private::Given<u32>,
            __referrer: ::events_core::__private::Given<Option<String>>,
        {
            ::events_core::Event::try_emit_from(
                ::events_core::__private::Build::build(self),
                origin,
            )
        }
    }
};
