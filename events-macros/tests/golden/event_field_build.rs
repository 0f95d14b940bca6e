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
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    impl ::events_core::Event for Deployed {
        type Family = Deployed;
        type Ownership = __events::Owned;
        type Verbs = __events::Current;
        #[inline]
        fn __lend<__V: __events::Visit<Deployed>>(
            &mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
        #[inline]
        fn __owned(&self) -> __events::Option<&dyn __events::Any> {
            __events::Some(self)
        }
        #[inline]
        fn __copy(&self) -> __events::Option<__events::Copied> {
            __events::Copying(self).copy()
        }
        fn __field(&self, name: &str) -> __events::Option<&dyn __events::Any> {
            match name {
                "build" => __events::Some(&self.build),
                _ => __events::None,
            }
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
    #[automatically_derived]
    impl __events::Build for DeployedBuilder<__events::Set> {
        type Event = Deployed;
        fn build(self) -> Deployed {
            Deployed {
                build: __events::given(self.__values.0),
            }
        }
    }
    impl<__0> __events::Complete for DeployedBuilder<__0>
    where
        __0: __build_is_set,
    {}
    #[automatically_derived]
    impl<__0> DeployedBuilder<__0> {}
    #[automatically_derived]
    impl DeployedBuilder<__events::Unset> {
        /// Sets `build`.
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
        #[doc(hidden)]
        fn __build(self) -> Deployed {
            __events::Build::build(self)
        }
        /// Builds the event, runs its subscribers, and gives it back as they left it.
        #[track_caller]
        fn emit(self) -> Deployed {
            ::events_core::Event::emit(__events::Build::build(self))
        }
        /// Builds the event, runs its subscribers, and tells what became of it.
        ///
        /// # Errors
        ///
        /// When a subscriber failed, or when the emit was refused as nested too deep.
        #[track_caller]
        fn try_emit(
            self,
        ) -> __events::Result<
            ::events_core::Emitted<Deployed>,
            ::events_core::EmitError<Deployed>,
        > {
            ::events_core::Event::try_emit(__events::Build::build(self))
        }
        /// Builds the event; awaited, runs its subscribers, the async ones beside each other, and gives it back.
        #[track_caller]
        fn emit_async(self) -> ::events_core::EmitAsync<Deployed> {
            ::events_core::Event::emit_async(__events::Build::build(self))
        }
        /// Builds the event, and puts it into the queue, to be emitted later.
        ///
        /// # Errors
        ///
        /// When the queue is full; the event is in the error.
        #[track_caller]
        fn enqueue(self) -> __events::Result<(), ::events_core::QueueFull<Deployed>>
        where
            for<'__any> Deployed: __events::Send,
        {
            ::events_core::Event::enqueue(__events::Build::build(self))
        }
    }
    #[automatically_derived]
    impl DeployedBuilder<__events::Set> {
        /// Puts the event together.
        #[must_use]
        fn build(self) -> Deployed {
            __events::Build::build(self)
        }
    }
    impl<__0> __events::Deref for DeployedBuilder<__0> {
        type Target = __events::Incomplete<Self, Deployed>;
        #[inline]
        fn deref(&self) -> &Self::Target {
            __events::Incomplete::of(self)
        }
    }
};
