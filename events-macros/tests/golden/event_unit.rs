//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event)]
//! struct Started;
//! ```

const _: () = {
    use ::events_core::__private::{self as __events, UnknownClone as _};
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "Started"),
        "Started",
        __events::module_path!(),
        __events::here(),
        "",
        &[],
        __events::CloneProbe::<Started>::HAS_COPY,
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::NEW;
    #[automatically_derived]
    impl ::events_core::Event for Started {
        type Family = Started;
        type Ownership = __events::Owned;
        type Backend = __events::CurrentRegistry;
        #[inline]
        fn __lend<'__s, __V: __events::Visit<'__s, Started>>(
            &'__s mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
    }
    #[automatically_derived]
    impl ::events_core::__private::Family for Started {
        type Of<'__member> = Started;
        #[inline]
        fn statics() -> __events::EventStatics {
            __events::EventStatics {
                info: &__INFO,
                default_slot: __events::Some(&__SLOT),
                clone_fn: __events::CloneProbe::<Started>::CLONE_FN,
            }
        }
    }
};
/// The builder of [`Started`]: call the setters in any order, then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
struct StartedBuilder {
    __values: (),
    __states: ::core::marker::PhantomData<()>,
}
#[allow(unused_imports)]
use ::events_core::__private::EmitFrom as _;
const _: () = {
    use ::events_core::__private::{self as __events, Build as __Build};
    impl Started {
        /// Returns the builder of [`Started`], with no field set; see [`StartedBuilder`].
        #[inline]
        fn builder() -> StartedBuilder {
            StartedBuilder {
                __values: (),
                __states: __events::PhantomData,
            }
        }
    }
    impl __Build for StartedBuilder {
        type Event = Started;
        fn build(self) -> Started {
            Started {}
        }
    }
    impl StartedBuilder {}
    impl StartedBuilder {
        __events::finishers! {
            Started, { __events::Send } : build emit try_emit emit_async enqueue
        }
    }
};
