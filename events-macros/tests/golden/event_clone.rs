//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event)]
//! #[event(clone)]
//! struct Loaded<T>(T);
//! ```

const _: () = {
    use ::events_core::__private::{self as __events, UnknownClone as _};
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "Loaded"),
        "Loaded",
        __events::module_path!(),
        __events::here(),
        "",
        &[("0", "T", false)],
        true,
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    #[automatically_derived]
    impl<T> ::events_core::Event for Loaded<T>
    where
        T: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync,
        T: 'static,
    {
        type Family = Loaded<T>;
        type Ownership = __events::Owned;
        type Backend = __events::CurrentRegistry;
        #[inline]
        fn __lend<'__s, __V: __events::Visit<'__s, Loaded<T>>>(
            &'__s mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
        #[inline]
        fn __field(&self, number: usize) -> __events::Option<&dyn __events::Any> {
            __events::nth(&[&self.0], number)
        }
    }
    #[automatically_derived]
    impl<T> ::events_core::__private::Family for Loaded<T>
    where
        T: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync,
        T: 'static,
    {
        type Of<'__member> = Loaded<T>;
        #[inline]
        fn statics() -> __events::EventStatics {
            __events::EventStatics {
                info: &__INFO,
                default_slot: __events::None,
                clone_fn: __events::required_clone_fn::<Loaded<T>>(),
            }
        }
    }
};
