//! An event with a type, as an event of any type.

use std::{any::Any, ops::Deref};

use super::clone_probe::clone_fn_of;
use crate::{
    event::{
        any_event::{AnyEvent, SharedEvent},
        json::Json,
        topic::topic_of,
        traits::Event,
    },
    metadata::Origin,
};

/// An event with a type as an [`AnyEvent`]; `R` is a shared or an exclusive reference to it.
pub(crate) struct TypedView<'a, R> {
    pub(crate) event: R,
    pub(crate) origin: Option<&'a Origin>,
}

impl<'a, E: Event + 'a, R: Deref<Target = E>> AnyEvent for TypedView<'a, R> {
    fn topic(&self) -> &str {
        topic_of(&*self.event)
    }

    fn origin(&self) -> Option<&Origin> {
        self.origin
    }

    fn __event(&self) -> Option<&dyn Any> {
        self.event.__owned()
    }

    fn __arg(&self, name: &str) -> Option<&dyn Any> {
        self.event.__named(name)
    }

    fn __type_of(&self, name: &str) -> Option<&'static str> {
        self.event.__type_of(name)
    }

    fn __names(&self) -> Vec<(&str, bool)> {
        self.event.__names()
    }

    fn __json(&self) -> Option<Json> {
        self.event.__json()
    }

    fn __copy(&self) -> Option<SharedEvent> {
        clone_fn_of::<E::Family>()?(self.event.__owned()?)
    }
}
