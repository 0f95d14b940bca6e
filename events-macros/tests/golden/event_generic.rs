//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event)]
//! #[event(topic = "record.saved")]
//! pub(crate) struct Saved<T: Clone>
//! where
//!     T: Send,
//! {
//!     record: T,
//! }
//! ```

const _: () = {
    use ::events_core::__private::{self as __events, UnknownClone as _};
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        "record.saved",
        "Saved",
        __events::module_path!(),
        __events::here(),
        "",
        &[("record", "T", false)],
        false,
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    impl<T: Clone> ::events_core::Event for Saved<T>
    where
        T: Send,
        T: 'static,
    {
        type Family = Saved<T>;
        type Ownership = __events::Owned;
        type Backend = __events::CurrentRegistry;
        #[inline]
        fn __lend<'__s, __V: __events::Visit<'__s, Saved<T>>>(
            &'__s mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
        #[inline]
        fn __field(&self, number: usize) -> __events::Option<&dyn __events::Any> {
            __events::nth(&[&self.record], number)
        }
    }
    #[automatically_derived]
    impl<T: Clone> ::events_core::__private::Family for Saved<T>
    where
        T: Send,
        T: 'static,
    {
        type Of<'__member> = Saved<T>;
        #[inline]
        fn statics() -> __events::EventStatics {
            __events::EventStatics {
                info: &__INFO,
                default_slot: __events::None,
                clone_fn: __events::CloneProbe::<Saved<T>>::CLONE_FN,
            }
        }
    }
};
/// The builder of [`Saved`]: call the setters in any order, then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
pub(crate) struct SavedBuilder<T: Clone, __record = ::events_core::__private::Unset>
where
    T: Send,
{
    __values: (::core::option::Option<T>,),
    __states: ::core::marker::PhantomData<(__record,)>,
}
#[allow(unused_imports)]
use ::events_core::__private::EmitFrom as _;
const _: () = {
    use ::events_core::__private::{self as __events, Build as __Build};
    impl<T: Clone> Saved<T>
    where
        T: Send,
    {
        /// Returns the builder of [`Saved`], with no field set; see [`SavedBuilder`].
        #[inline]
        pub(crate) fn builder() -> SavedBuilder<T> {
            SavedBuilder {
                __values: (__events::None,),
                __states: __events::PhantomData,
            }
        }
    }
    #[diagnostic::on_unimplemented(
        message = "`Saved` cannot be built: required field `record` is not set",
        label = "add `.record(..)` before this call",
        note = "in `emit!`, add `record = ..`"
    )]
    pub trait __record_is_set {}
    #[diagnostic::do_not_recommend]
    impl __record_is_set for __events::Set {}
    impl<T: Clone, __0> __Build for SavedBuilder<T, __0>
    where
        __0: __record_is_set,
        T: Send,
    {
        type Event = Saved<T>;
        fn build(self) -> Saved<T> {
            Saved {
                record: __events::given(self.__values.0),
            }
        }
    }
    impl<T: Clone, __0> SavedBuilder<T, __0>
    where
        T: Send,
    {
        /// Sets `record`.
        pub(crate) fn record(mut self, value: T) -> SavedBuilder<T, __events::Set>
        where
            __0: __events::Free,
        {
            self.__values.0 = __events::Some(value);
            SavedBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
    }
    impl<T: Clone, __0> SavedBuilder<T, __0>
    where
        T: Send,
    {
        __events::finishers! {
            pub (crate) Saved < T >, { __events::Send } : build
        }
    }
    impl<T: Clone, __0> SavedBuilder<T, __0>
    where
        T: Send,
        T: 'static,
    {
        __events::finishers! {
            pub (crate) Saved < T >, { __events::Send } : emit
        }
    }
    impl<T: Clone, __0> SavedBuilder<T, __0>
    where
        T: Send,
        T: 'static,
    {
        __events::finishers! {
            pub (crate) Saved < T >, { __events::Send } : try_emit
        }
    }
    impl<T: Clone, __0> SavedBuilder<T, __0>
    where
        T: Send,
        T: 'static,
    {
        __events::finishers! {
            pub (crate) Saved < T >, { __events::Send } : emit_async
        }
    }
    impl<T: Clone, __0> SavedBuilder<T, __0>
    where
        T: Send,
        T: 'static,
    {
        __events::finishers! {
            pub (crate) Saved < T >, { __events::Send } : enqueue
        }
    }
};
