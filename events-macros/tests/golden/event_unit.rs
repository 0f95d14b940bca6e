//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event)]
//! struct Started;
//! ```

const _: () = {
    const __DESCRIBED: ::events_core::EventInfo = ::events_core::EventInfo::new(
        ::core::concat!(::core::module_path!(), "::", "Started"),
        "Started",
        ::core::module_path!(),
        ::events_core::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::column!(),
        ),
        "",
        &[],
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: ::events_core::__private::Home<Started> = ::events_core::__private::Home::new();
    #[automatically_derived]
    impl ::events_core::Event for Started {
        type Family = Started;
        #[inline]
        fn __emit(&mut self, origin: ::core::option::Option<&::events_core::Origin>) {
            ::events_core::__private::emit::<Started>(self, origin)
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
        fn __lend<__V: ::events_core::__private::Visit<Started>>(
            &mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
    }
    #[automatically_derived]
    impl ::events_core::Family for Started {
        type Of<'__member> = Started;
        #[inline]
        fn info() -> &'static ::events_core::EventInfo {
            &__INFO
        }
        #[inline]
        fn home() -> ::core::option::Option<&'static ::events_core::__private::AnyHome> {
            ::core::option::Option::Some(&__SLOT)
        }
    }
};
/// Builds a [`Started`]: one setter a field, in any order, and then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
struct StartedBuilder {
    __values: (),
    __states: ::core::marker::PhantomData<fn() -> (Started,)>,
}
const _: () = {
    use ::events_core::__private as __events;
    #[automatically_derived]
    impl Started {
        /// Starts a [`Started`]; see [`StartedBuilder`].
        #[inline]
        fn builder() -> StartedBuilder {
            StartedBuilder {
                __values: (),
                __states: __events::PhantomData,
            }
        }
    }
    #[automatically_derived]
    impl __events::Build for StartedBuilder {
        type Event = Started;
        #[inline]
        fn build(self) -> Started {
            Started {}
        }
    }
    #[automatically_derived]
    impl StartedBuilder {
        #[doc(hidden)]
        #[inline]
        fn __build(self) -> Started {
            __events::Build::build(self)
        }
        /// Puts the event together.
        #[inline]
        #[must_use]
        fn build(self) -> Started {
            __events::Build::build(self)
        }
        /// Builds the event, runs its subscribers, and gives it back as they left it.
        #[inline]
        fn emit(self) -> Started {
            ::events_core::Event::emit(__events::Build::build(self))
        }
        /// Builds the event, runs its subscribers, and tells what became of it.
        ///
        /// # Errors
        ///
        /// When a subscriber failed, or when the emit was refused as nested too deep.
        #[inline]
        fn try_emit(
            self,
        ) -> __events::Result<
            ::events_core::Emitted<Started>,
            ::events_core::EmitError<Started>,
        > {
            ::events_core::Event::try_emit(__events::Build::build(self))
        }
    }
};
