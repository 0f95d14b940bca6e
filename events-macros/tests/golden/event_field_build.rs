//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event)]
//! struct Deployed {
//!     build: u32,
//! }
//! ```

const _: () = {
    use ::events_core::__private as __events;
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "Deployed"),
        "Deployed",
        __events::module_path!(),
        __events::here(),
        "",
        &[__events::FieldInfo::new("build", "u32", false)],
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::new();
    #[automatically_derived]
    impl ::events_core::Event for Deployed {
        type Family = Deployed;
        type Verbs = __events::Current;
        #[inline]
        fn __lend<__V: __events::Visit<Deployed>>(
            &mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
    }
    #[automatically_derived]
    impl ::events_core::Family for Deployed {
        type Of<'__member> = Deployed;
        #[inline]
        fn declared() -> __events::Declared {
            __events::Declared {
                info: &__INFO,
                home: __events::Some(&__SLOT),
            }
        }
    }
};
/// Builds a [`Deployed`]: one setter a field, in any order, and then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
struct DeployedBuilder<__build = ::events_core::__private::Unset> {
    __values: (::core::option::Option<u32>,),
    __states: ::core::marker::PhantomData<fn() -> (Deployed, __build)>,
}
const _: () = {
    use ::events_core::__private as __events;
    #[automatically_derived]
    impl Deployed {
        /// Starts a [`Deployed`]; see [`DeployedBuilder`].
        #[inline]
        fn builder() -> DeployedBuilder {
            DeployedBuilder {
                __values: (__events::None,),
                __states: __events::PhantomData,
            }
        }
    }
    #[diagnostic::on_unimplemented(
        message = "`Deployed` cannot be built: required field `build` is not set",
        label = "add `.build(..)` before this call",
        note = "in `emit!`, add `build = ..`"
    )]
    pub trait __build_is_set {}
    #[diagnostic::do_not_recommend]
    impl __build_is_set for __events::Set {}
    #[diagnostic::on_unimplemented(
        message = "field `build` of `Deployed` is set twice",
        label = "remove this call: `build` is set before"
    )]
    pub trait __build_is_unset {}
    #[diagnostic::do_not_recommend]
    impl __build_is_unset for __events::Unset {}
    #[automatically_derived]
    impl<__build> __events::Build for DeployedBuilder<__build>
    where
        __build: __build_is_set,
    {
        type Event = Deployed;
        #[inline]
        fn build(self) -> Deployed {
            Deployed {
                build: __events::given(self.__values.0),
            }
        }
    }
    #[automatically_derived]
    impl<__build> DeployedBuilder<__build> {
        #[doc(hidden)]
        #[inline]
        fn __build(self) -> Deployed
        where
            __build: __build_is_set,
        {
            __events::Build::build(self)
        }
        /// Builds the event, runs its subscribers, and gives it back as they left it.
        #[inline]
        fn emit(self) -> Deployed
        where
            __build: __build_is_set,
        {
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
            ::events_core::Emitted<Deployed>,
            ::events_core::EmitError<Deployed>,
        >
        where
            __build: __build_is_set,
        {
            ::events_core::Event::try_emit(__events::Build::build(self))
        }
    }
    #[automatically_derived]
    impl DeployedBuilder<__events::Unset> {
        /// Sets `build`.
        #[inline]
        fn build(mut self, value: u32) -> DeployedBuilder<__events::Set> {
            self.__values.0 = __events::Some(value);
            DeployedBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
    }
    #[automatically_derived]
    impl DeployedBuilder<__events::Set> {
        /// Puts the event together.
        #[inline]
        #[must_use]
        fn build(self) -> Deployed {
            __events::Build::build(self)
        }
    }
};
