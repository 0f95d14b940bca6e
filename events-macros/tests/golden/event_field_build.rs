//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event)]
//! struct Deployed {
//!     build: u32,
//! }
//! ```

const _: () = {
    use ::events_core::__private::{self as __events, UnknownClone as _};
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "Deployed"),
        "Deployed",
        __events::module_path!(),
        __events::here(),
        "",
        &[("build", "u32", false)],
        __events::CloneProbe::<Deployed>::HAS_COPY,
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::NEW;
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    impl ::events_core::Event for Deployed {
        type Family = Deployed;
        type Ownership = __events::Owned;
        type Backend = __events::CurrentRegistry;
        #[inline]
        fn __lend<'__s, __V: __events::Visit<'__s, Deployed>>(
            &'__s mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
        #[inline]
        fn __field(&self, number: usize) -> __events::Option<&dyn __events::Any> {
            __events::nth(&[&self.build], number)
        }
    }
    #[automatically_derived]
    impl ::events_core::__private::Family for Deployed {
        type Of<'__member> = Deployed;
        #[inline]
        fn statics() -> __events::EventStatics {
            __events::EventStatics {
                info: &__INFO,
                default_slot: __events::Some(&__SLOT),
                clone_fn: __events::CloneProbe::<Deployed>::CLONE_FN,
            }
        }
    }
};
/// The builder of [`Deployed`]: call the setters in any order, then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
struct DeployedBuilder<__build = ::events_core::__private::Unset> {
    __values: (::core::option::Option<u32>,),
    __states: ::core::marker::PhantomData<(__build,)>,
}
#[allow(unused_imports)]
use ::events_core::__private::EmitFrom as _;
const _: () = {
    use ::events_core::__private::{self as __events, Build as __Build};
    impl Deployed {
        /// Returns the builder of [`Deployed`], with no field set; see [`DeployedBuilder`].
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
    impl<__0> __Build for DeployedBuilder<__0>
    where
        __0: __build_is_set,
    {
        type Event = Deployed;
        fn build(self) -> Deployed {
            Deployed {
                build: __events::given(self.__values.0),
            }
        }
    }
    impl<__0> DeployedBuilder<__0> {}
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
    impl<__0> DeployedBuilder<__0> {
        __events::finishers! {
            Deployed, { __events::Send } : emit try_emit emit_async enqueue
        }
    }
    impl DeployedBuilder<__events::Set> {
        __events::finishers! {
            Deployed, { __events::Send } : build
        }
    }
};
