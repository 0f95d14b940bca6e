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
    use ::events_core::__private::{self as __events, UnknownClone as _};
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "FirstLogin"),
        "FirstLogin",
        __events::module_path!(),
        __events::here(),
        "User logs in for the first time.",
        &[
            ("ip", "String", true),
            ("attempts", "u32", false),
            ("referrer", "Option<String>", false),
        ],
        __events::CloneProbe::<FirstLogin>::HAS_COPY,
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::NEW;
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    impl ::events_core::Event for FirstLogin {
        type Family = FirstLogin;
        type Ownership = __events::Owned;
        type Backend = __events::CurrentRegistry;
        #[inline]
        fn __lend<'__s, __V: __events::Visit<'__s, FirstLogin>>(
            &'__s mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
        #[inline]
        fn __field(&self, number: usize) -> __events::Option<&dyn __events::Any> {
            __events::nth(&[&self.ip, &self.attempts, &self.referrer], number)
        }
    }
    #[automatically_derived]
    impl ::events_core::__private::Family for FirstLogin {
        type Of<'__member> = FirstLogin;
        #[inline]
        fn statics() -> __events::EventStatics {
            __events::EventStatics {
                info: &__INFO,
                default_slot: __events::Some(&__SLOT),
                clone_fn: __events::CloneProbe::<FirstLogin>::CLONE_FN,
            }
        }
    }
    #[automatically_derived]
    impl __events::nested_json::Nested for FirstLogin {}
};
/// The builder of [`FirstLogin`]: call the setters in any order, then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
pub struct FirstLoginBuilder<
    __ip = ::events_core::__private::Unset,
    __attempts = ::events_core::__private::Unset,
    __referrer = ::events_core::__private::Unset,
> {
    __values: (
        ::core::option::Option<String>,
        ::core::option::Option<u32>,
        ::core::option::Option<String>,
    ),
    __states: ::core::marker::PhantomData<(__ip, __attempts, __referrer)>,
}
#[allow(unused_imports)]
use ::events_core::__private::EmitFrom as _;
const _: () = {
    use ::events_core::__private::{self as __events, Build as __Build};
    impl FirstLogin {
        /// Returns the builder of [`FirstLogin`], with no field set; see [`FirstLoginBuilder`].
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
    impl<__0, __1, __2> __Build for FirstLoginBuilder<__0, __1, __2>
    where
        __0: __ip_is_set,
    {
        type Event = FirstLogin;
        fn build(self) -> FirstLogin {
            FirstLogin {
                ip: __events::given(self.__values.0),
                attempts: __events::Option::unwrap_or_else(self.__values.1, || 1),
                referrer: self.__values.2,
            }
        }
    }
    impl<__0, __1, __2> FirstLoginBuilder<__0, __1, __2> {
        /// Where from.
        pub fn ip(
            mut self,
            value: impl ::core::convert::Into<String>,
        ) -> FirstLoginBuilder<__events::Set, __1, __2>
        where
            __0: __events::Free,
        {
            self.__values.0 = __events::Some(__events::Into::into(value));
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `attempts`.
        pub fn attempts(
            mut self,
            value: u32,
        ) -> FirstLoginBuilder<__0, __events::Set, __2>
        where
            __1: __events::Free,
        {
            self.__values.1 = __events::Some(value);
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `referrer`.
        pub fn referrer(
            mut self,
            value: String,
        ) -> FirstLoginBuilder<__0, __1, __events::Set>
        where
            __2: __events::Free,
        {
            self.__values.2 = __events::Some(value);
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `attempts`; `None` selects its default.
        pub fn maybe_attempts(
            mut self,
            value: __events::Option<u32>,
        ) -> FirstLoginBuilder<__0, __events::Set, __2>
        where
            __1: __events::Free,
        {
            self.__values.1 = value;
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `referrer`; `None` selects its default.
        pub fn maybe_referrer(
            mut self,
            value: __events::Option<String>,
        ) -> FirstLoginBuilder<__0, __1, __events::Set>
        where
            __2: __events::Free,
        {
            self.__values.2 = value;
            FirstLoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
    }
    impl<__0, __1, __2> FirstLoginBuilder<__0, __1, __2> {
        __events::finishers! {
            pub FirstLogin, { __events::Send } : build emit try_emit emit_async enqueue
        }
    }
};
