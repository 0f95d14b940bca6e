//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event)]
//! struct Started;
//! ```

const _: () = {
    use ::events_core::__private as __events;
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "Started"),
        "Started",
        __events::module_path!(),
        __events::here(),
        "",
        &[],
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::new();
    #[automatically_derived]
    impl ::events_core::Event for Started {
        type Family = Started;
        type Ownership = __events::Owned;
        type Verbs = __events::Current;
        #[inline]
        fn __lend<__V: __events::Visit<Started>>(
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
    }
    #[automatically_derived]
    impl ::events_core::Family for Started {
        type Of<'__member> = Started;
        #[inline]
        fn declared() -> __events::Declared {
            __events::Declared {
                info: &__INFO,
                home: __events::Some(&__SLOT),
            }
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
        fn build(self) -> Started {
            Started {}
        }
    }
    impl __events::Complete for StartedBuilder {}
    #[automatically_derived]
    impl StartedBuilder {}
    #[automatically_derived]
    impl StartedBuilder {
        #[doc(hidden)]
        fn __build(self) -> Started {
            __events::Build::build(self)
        }
        /// Puts the event together.
        #[must_use]
        fn build(self) -> Started {
            __events::Build::build(self)
        }
        /// Builds the event, runs its subscribers, and gives it back as they left it.
        #[track_caller]
        fn emit(self) -> Started {
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
            ::events_core::Emitted<Started>,
            ::events_core::EmitError<Started>,
        > {
            ::events_core::Event::try_emit(__events::Build::build(self))
        }
        /// Builds the event; awaited, runs its subscribers, the async ones beside each other, and gives it back.
        #[track_caller]
        fn emit_async(self) -> ::events_core::EmitAsync<Started> {
            ::events_core::Event::emit_async(__events::Build::build(self))
        }
        /// Builds the event, and puts it into the queue, to be emitted later.
        ///
        /// # Errors
        ///
        /// When the queue is full; the event is in the error.
        #[track_caller]
        fn enqueue(self) -> __events::Result<(), ::events_core::QueueFull<Started>>
        where
            for<'__any> Started: __events::Send,
        {
            ::events_core::Event::enqueue(__events::Build::build(self))
        }
    }
    impl __events::Deref for StartedBuilder {
        type Target = __events::Incomplete<Self, Started>;
        #[inline]
        fn deref(&self) -> &Self::Target {
            __events::Incomplete::of(self)
        }
    }
};
