//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event, Serialize)]
//! #[event(serialize)]
//! #[serde(rename_all = "camelCase")]
//! pub struct Paid {
//!     pub order_number: u32,
//!     #[event(secret)]
//!     pub card: Card,
//!     #[serde(skip)]
//!     pub session: Session,
//!     #[serde(skip_serializing_if = "Option::is_none")]
//!     pub note: Option<String>,
//! }
//! ```

const _: () = {
    use ::events_core::__private::{self as __events, UnknownClone as _};
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "Paid"),
        "Paid",
        __events::module_path!(),
        __events::here(),
        "",
        &[
            ("order_number", "u32", false),
            ("card", "Card", true),
            ("session", "Session", false),
            ("note", "Option<String>", false),
        ],
        __events::CloneProbe::<Paid>::HAS_COPY,
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::NEW;
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    impl ::events_core::Event for Paid {
        type Family = Paid;
        type Ownership = __events::Owned;
        type Backend = __events::CurrentRegistry;
        #[inline]
        fn __lend<'__s, __V: __events::Visit<'__s, Paid>>(
            &'__s mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
        #[inline]
        fn __field(&self, number: usize) -> __events::Option<&dyn __events::Any> {
            __events::nth(
                &[&self.order_number, &self.card, &self.session, &self.note],
                number,
            )
        }
        fn __json(&self) -> __events::Option<__events::json::Json> {
            __events::json::on::<Self>();
            __events::json::object([
                ("orderNumber", __events::nested_json::field(&self.order_number).json()),
                ("card", __events::json::secret()),
                (
                    "note",
                    if Option::is_none(&self.note) {
                        __events::None
                    } else {
                        __events::nested_json::field(&self.note).json()
                    },
                ),
            ])
        }
    }
    #[automatically_derived]
    impl ::events_core::__private::Family for Paid {
        type Of<'__member> = Paid;
        #[inline]
        fn statics() -> __events::EventStatics {
            __events::EventStatics {
                info: &__INFO,
                default_slot: __events::Some(&__SLOT),
                clone_fn: __events::CloneProbe::<Paid>::CLONE_FN,
            }
        }
    }
    #[automatically_derived]
    impl __events::nested_json::Nested for Paid {
        fn json(&self) -> __events::Option<__events::json::Json> {
            ::events_core::Event::__json(self)
        }
    }
};
/// The builder of [`Paid`]: call the setters in any order, then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
pub struct PaidBuilder<
    __order_number = ::events_core::__private::Unset,
    __card = ::events_core::__private::Unset,
    __session = ::events_core::__private::Unset,
    __note = ::events_core::__private::Unset,
> {
    __values: (
        ::core::option::Option<u32>,
        ::core::option::Option<Card>,
        ::core::option::Option<Session>,
        ::core::option::Option<String>,
    ),
    __states: ::core::marker::PhantomData<(__order_number, __card, __session, __note)>,
}
#[allow(unused_imports)]
use ::events_core::__private::EmitFrom as _;
const _: () = {
    use ::events_core::__private::{self as __events, Build as __Build};
    impl Paid {
        /// Returns the builder of [`Paid`], with no field set; see [`PaidBuilder`].
        #[inline]
        pub fn builder() -> PaidBuilder {
            PaidBuilder {
                __values: (
                    __events::None,
                    __events::None,
                    __events::None,
                    __events::None,
                ),
                __states: __events::PhantomData,
            }
        }
    }
    #[diagnostic::on_unimplemented(
        message = "`Paid` cannot be built: required field `order_number` is not set",
        label = "add `.order_number(..)` before this call",
        note = "in `emit!`, add `order_number = ..`"
    )]
    pub trait __order_number_is_set {}
    #[diagnostic::do_not_recommend]
    impl __order_number_is_set for __events::Set {}
    #[diagnostic::on_unimplemented(
        message = "`Paid` cannot be built: required field `card` is not set",
        label = "add `.card(..)` before this call",
        note = "in `emit!`, add `card = ..`"
    )]
    pub trait __card_is_set {}
    #[diagnostic::do_not_recommend]
    impl __card_is_set for __events::Set {}
    #[diagnostic::on_unimplemented(
        message = "`Paid` cannot be built: required field `session` is not set",
        label = "add `.session(..)` before this call",
        note = "in `emit!`, add `session = ..`"
    )]
    pub trait __session_is_set {}
    #[diagnostic::do_not_recommend]
    impl __session_is_set for __events::Set {}
    impl<__0, __1, __2, __3> __Build for PaidBuilder<__0, __1, __2, __3>
    where
        __0: __order_number_is_set,
        __1: __card_is_set,
        __2: __session_is_set,
    {
        type Event = Paid;
        fn build(self) -> Paid {
            Paid {
                order_number: __events::given(self.__values.0),
                card: __events::given(self.__values.1),
                session: __events::given(self.__values.2),
                note: self.__values.3,
            }
        }
    }
    impl<__0, __1, __2, __3> PaidBuilder<__0, __1, __2, __3> {
        /// Sets `order_number`.
        pub fn order_number(
            mut self,
            value: u32,
        ) -> PaidBuilder<__events::Set, __1, __2, __3>
        where
            __0: __events::Free,
        {
            self.__values.0 = __events::Some(value);
            PaidBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `card`.
        pub fn card(mut self, value: Card) -> PaidBuilder<__0, __events::Set, __2, __3>
        where
            __1: __events::Free,
        {
            self.__values.1 = __events::Some(value);
            PaidBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `session`.
        pub fn session(
            mut self,
            value: Session,
        ) -> PaidBuilder<__0, __1, __events::Set, __3>
        where
            __2: __events::Free,
        {
            self.__values.2 = __events::Some(value);
            PaidBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `note`.
        pub fn note(mut self, value: String) -> PaidBuilder<__0, __1, __2, __events::Set>
        where
            __3: __events::Free,
        {
            self.__values.3 = __events::Some(value);
            PaidBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
        /// Sets `note`; `None` selects its default.
        pub fn maybe_note(
            mut self,
            value: __events::Option<String>,
        ) -> PaidBuilder<__0, __1, __2, __events::Set>
        where
            __3: __events::Free,
        {
            self.__values.3 = value;
            PaidBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
    }
    impl<__0, __1, __2, __3> PaidBuilder<__0, __1, __2, __3> {
        __events::finishers! {
            pub Paid, { __events::Send } : build emit try_emit emit_async enqueue
        }
    }
};
