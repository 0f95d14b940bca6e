//! A copy of an event with a type, which several handlers share.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::{
    event::{
        any_event::{AnyEvent, CopiedEvent, SharedEvent},
        json::Json,
        topic::topic_of,
        traits::Event,
    },
    metadata::Origin,
    primitives::drop_catching,
};

/// A copy of an event. Its origin is stored beside it.
pub(super) struct TypedCopy<E>(pub(super) E);

impl<E: Clone + Send + Sync + Event + 'static> AnyEvent for TypedCopy<E> {
    fn topic(&self) -> &str {
        topic_of(&self.0)
    }

    fn origin(&self) -> Option<&Origin> {
        None
    }

    fn __event(&self) -> Option<&dyn Any> {
        self.0.__owned()
    }

    fn __arg(&self, name: &str) -> Option<&dyn Any> {
        self.0.__named(name)
    }

    fn __type_of(&self, name: &str) -> Option<&'static str> {
        self.0.__type_of(name)
    }

    fn __names(&self) -> Vec<(&str, bool)> {
        self.0.__names()
    }

    fn __json(&self) -> Option<Json> {
        self.0.__json()
    }

    fn __copy(&self) -> Option<SharedEvent> {
        None // the event copy that contains this is cloned
    }
}

impl<E: Clone + Send + Sync + Event + 'static> CopiedEvent for TypedCopy<E> {
    fn into_any(self: Arc<Self>) -> Result<Box<dyn Any + Send>, SharedEvent> {
        let event = match Arc::try_unwrap(self) {
            Ok(copy) => copy.0,
            Err(shared) => match catch_unwind(AssertUnwindSafe(|| shared.0.clone())) {
                Ok(event) => {
                    drop_catching(shared); // it may be the last reference now
                    event
                }
                Err(payload) => {
                    drop_catching(payload);
                    return Err(shared);
                }
            },
        };
        Ok(event.__into_any())
    }
}
