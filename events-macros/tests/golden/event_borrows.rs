//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event)]
//! pub struct Login<'a> {
//!     pub user: &'a mut User,
//! }
//! ```

const _: () = {
    use ::events_core::__private::{self as __events, UnknownClone as _};
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "Login"),
        "Login",
        __events::module_path!(),
        __events::here(),
        "",
        &[("user", "&'a mut User", false)],
        false,
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::NEW;
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    impl<'a> ::events_core::Event for Login<'a> {
        type Family = Login<'static>;
        type Ownership = __events::Borrowed;
        type Backend = __events::CurrentRegistry;
        #[inline]
        fn __lend<'__s, __V: __events::Visit<'__s, Login<'static>>>(
            &'__s mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
    }
    #[automatically_derived]
    impl ::events_core::__private::Family for Login<'static> {
        type Of<'__member> = Login<'__member>;
        #[inline]
        fn statics() -> __events::EventStatics {
            __events::EventStatics {
                info: &__INFO,
                default_slot: __events::Some(&__SLOT),
                clone_fn: __events::None,
            }
        }
    }
};
/// The builder of [`Login`]: call the setters in any order, then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
pub struct LoginBuilder<'a, __user = ::events_core::__private::Unset> {
    __values: (::core::option::Option<&'a mut User>,),
    __states: ::core::marker::PhantomData<(__user,)>,
}
#[allow(unused_imports)]
use ::events_core::__private::EmitFrom as _;
const _: () = {
    use ::events_core::__private::{self as __events, Build as __Build};
    impl<'a> Login<'a> {
        /// Returns the builder of [`Login`], with no field set; see [`LoginBuilder`].
        #[inline]
        pub fn builder() -> LoginBuilder<'a> {
            LoginBuilder {
                __values: (__events::None,),
                __states: __events::PhantomData,
            }
        }
    }
    #[diagnostic::on_unimplemented(
        message = "`Login` cannot be built: required field `user` is not set",
        label = "add `.user(..)` before this call",
        note = "in `emit!`, add `user = ..`"
    )]
    pub trait __user_is_set {}
    #[diagnostic::do_not_recommend]
    impl __user_is_set for __events::Set {}
    impl<'a, __0> __Build for LoginBuilder<'a, __0>
    where
        __0: __user_is_set,
    {
        type Event = Login<'a>;
        fn build(self) -> Login<'a> {
            Login {
                user: __events::given(self.__values.0),
            }
        }
    }
    impl<'a, __0> LoginBuilder<'a, __0> {
        /// Sets `user`.
        pub fn user(mut self, value: &'a mut User) -> LoginBuilder<'a, __events::Set>
        where
            __0: __events::Free,
        {
            self.__values.0 = __events::Some(value);
            LoginBuilder {
                __values: self.__values,
                __states: __events::PhantomData,
            }
        }
    }
    impl<'a, __0> LoginBuilder<'a, __0> {
        __events::finishers! {
            pub Login < 'a >, { ::events_core::__private::OwnedEvent + __events::Send } :
            build emit try_emit emit_async enqueue
        }
    }
};
