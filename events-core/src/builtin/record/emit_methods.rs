//! The emit methods of the events of a record: without an origin, the origin is the model.
//!
//! Each emit method of [`Event`](crate::Event) is here, but for those that have an origin. A method that is
//! missing would emit without an origin.

/// The emit methods in the implementation of `Event` for an event of the records of a model.
macro_rules! emit_methods {
    ($model:ident) => {
        #[inline]
        fn emit(self) -> Self {
            self.emit_from($crate::metadata::Origin::of::<$model>())
        }

        #[inline]
        fn try_emit(
            self,
        ) -> Result<$crate::result::Emitted<Self>, $crate::result::EmitError<Self>> {
            self.try_emit_from($crate::metadata::Origin::of::<$model>())
        }

        #[inline]
        fn emit_async(self) -> $crate::emit::EmitAsync<Self> {
            self.emit_async_from($crate::metadata::Origin::of::<$model>())
        }

        #[inline]
        fn try_emit_async(self) -> $crate::emit::TryEmitAsync<Self> {
            self.try_emit_async_from($crate::metadata::Origin::of::<$model>())
        }

        #[inline]
        fn enqueue(self) -> Result<(), $crate::result::QueueFull<Self>>
        where
            Self: $crate::event::OwnedEvent + Send,
        {
            self.enqueue_from($crate::metadata::Origin::of::<$model>())
        }
    };
}

pub(super) use emit_methods;
