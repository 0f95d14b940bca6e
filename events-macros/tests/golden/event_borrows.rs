//! Written by a macro, for this:
//!
//! ```
//! #[derive(Event)]
//! pub struct Login<'a> {
//!     pub user: &'a mut User,
//! }
//! ```

const _: () = {
    use ::events_core::__private as __events;
    const __DESCRIBED: __events::EventInfo = __events::EventInfo::new(
        __events::concat!(__events::module_path!(), "::", "Login"),
        "Login",
        __events::module_path!(),
        __events::here(),
        "",
        &[__events::FieldInfo::new("user", "& 'a mut User", false)],
    );
    ::events_core::__register! {
        static __INFO : EventInfo in EVENTS = __DESCRIBED
    }
    static __SLOT: __events::Slot = __events::Slot::new();
    #[diagnostic::do_not_recommend]
    #[automatically_derived]
    impl<'a> ::events_core::Event for Login<'a> {
        type Family = Login<'static>;
        type Ownership = __events::Borrowed;
        type Verbs = __events::Current;
        #[inline]
        fn __lend<__V: __events::Visit<Login<'static>>>(
            &mut self,
            visitor: __V,
        ) -> __V::Output {
            visitor.visit(self)
        }
    }
    #[automatically_derived]
    impl ::events_core::Family for Login<'static> {
        type Of<'__member> = Login<'__member>;
        #[inline]
        fn declared() -> __events::Declared {
            __events::Declared {
                info: &__INFO,
                home: __events::Some(&__SLOT),
            }
        }
    }
};
/// Builds a [`Login`]: one setter a field, in any order, and then `build()` or `emit()`.
#[must_use = "nothing happens before `.build()` or `.emit()`"]
pub struct LoginBuilder<'a, __user = ::events_core::__private::Unset> {
    __values: (::core::option::Option<&'a mut User>,),
    __states: ::core::marker::PhantomData<fn() -> (Login<'a>, __user)>,
}
const _: () = {
    use ::events_core::__private as __events;
    #[automatically_derived]
    impl<'a> Login<'a> {
        /// Starts a [`Login`]; see [`LoginBuilder`].
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
    #[automatically_derived]
    impl<'a> __events::Build for LoginBuilder<'a, __events::Set> {
        type Event = Login<'a>;
        fn build(self) -> Login<'a> {
            Login {
                user: __events::given(self.__values.0),
            }
        }
    }
    impl<'a, __0> __events::Complete for LoginBuilder<'a, __0>
    where
        __0: __user_is_set,
    {}
    #[automatically_derived]
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
    #[automatically_derived]
    impl<'a> LoginBuilder<'a, __events::Set> {
        #[doc(hidden)]
        pub fn __build(self) -> Login<'a> {
            __events::Build::build(self)
        }
        /// Puts the event together.
        #[must_use]
        pub fn build(self) -> Login<'a> {
            __events::Build::build(self)
        }
        /// Builds the event, runs its subscribers, and gives it back as they left it.
        #[track_caller]
        pub fn emit(self) -> Login<'a> {
            ::events_core::Event::emit(__events::Build::build(self))
        }
        /// Builds the event, runs its subscribers, and tells what became of it.
        ///
        /// # Errors
        ///
        /// When a subscriber failed, or when the emit was refused as nested too deep.
        #[track_caller]
        pub fn try_emit(
            self,
        ) -> __events::Result<
            ::events_core::Emitted<Login<'a>>,
            ::events_core::EmitError<Login<'a>>,
        > {
            ::events_core::Event::try_emit(__events::Build::build(self))
        }
        /// Builds the event; awaited, runs its subscribers, the async ones beside each other, and gives it back.
        #[track_caller]
        pub fn emit_async(self) -> ::events_core::EmitAsync<Login<'a>> {
            ::events_core::Event::emit_async(__events::Build::build(self))
        }
        /// Builds the event, and puts it into the queue, to be emitted later.
        ///
        /// # Errors
        ///
        /// When the queue is full; the event is in the error.
        #[track_caller]
        pub fn enqueue(self) -> __events::Result<(), ::events_core::QueueFull<Login<'a>>>
        where
            for<'__any> Login<'a>: ::events_core::OwnedEvent + __events::Send,
        {
            ::events_core::Event::enqueue(__events::Build::build(self))
        }
    }
    impl<'a, __0> __events::Deref for LoginBuilder<'a, __0> {
        type Target = __events::Incomplete<Self, Login<'a>>;
        #[inline]
        fn deref(&self) -> &Self::Target {
            __events::Incomplete::of(self)
        }
    }
};
