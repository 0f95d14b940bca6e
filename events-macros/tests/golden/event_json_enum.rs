//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event, Serialize)]
//! #[event(serialize)]
//! pub enum Changed {
//!     Paid(Paid),
//!     Closed,
//! }
//! ```

const _: () = {
    use ::events_core::__private::{self as __events, UnknownClone as _};
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "Changed"),
        "Changed",
        __events::module_path!(),
        __events::here(),
        "",
        &[],
        __events::CloneProbe::<Changed>::HAS_COPY,
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::NEW;
    #[automatically_derived]
    impl ::events_core::Event for Changed {
        type Family = Changed;
        type Ownership = __events::Owned;
        type Backend = __events::CurrentRegistry;
        #[inline]
        fn __lend<'__s, __V: __events::Visit<'__s, Changed>>(
            &'__s mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
        fn __json(&self) -> __events::Option<__events::json::Json> {
            __events::json::on::<Self>();
            __events::json::whole(
                self,
                match self {
                    Self::Paid { 0: __field0, .. } => {
                        __events::nested_json::field(__field0).hides()
                    }
                    _ => false,
                },
            )
        }
    }
    #[automatically_derived]
    impl ::events_core::__private::Family for Changed {
        type Of<'__member> = Changed;
        #[inline]
        fn statics() -> __events::EventStatics {
            __events::EventStatics {
                info: &__INFO,
                default_slot: __events::Some(&__SLOT),
                clone_fn: __events::CloneProbe::<Changed>::CLONE_FN,
            }
        }
    }
    #[automatically_derived]
    impl __events::nested_json::Nested for Changed {
        fn json(&self) -> __events::Option<__events::json::Json> {
            ::events_core::Event::__json(self)
        }
        fn hides(&self) -> bool {
            match self {
                Self::Paid { 0: __field0, .. } => {
                    __events::nested_json::field(__field0).hides()
                }
                _ => false,
            }
        }
    }
};
