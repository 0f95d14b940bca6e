//! Events of records of another type than the model, which no write emits.
//!
//! `Updated<user::Entity>` is a type, since any type can be a model for `events-core`; but the model of a write is `user::Model`. A declared
//! subscriber of it is an error of the compiler, by `NotAModel` in the expansion of the derive. Those of run time are found here: only
//! what has had a subscriber, or was emitted, is registered as a model.

use std::{
    any::{TypeId, type_name},
    sync::{Mutex, PoisonError},
};

use events_core::record::registered_model;

use super::observed::ObservedActiveModel;
use crate::handoff::Identity;

/// Warns, once for each entity, if its entity type or its active model has subscribers in place of its model.
pub(super) fn check_model<A: ObservedActiveModel>(connection: &Identity) {
    let is_registered =
        registered_model::<A::Entity>().is_some() || registered_model::<A>().is_some();
    if is_registered && !matches!(connection, Identity::Quiet) {
        warn::<A>();
    }
}

#[cold]
fn warn<A: ObservedActiveModel>() {
    static WARNED: Mutex<Vec<TypeId>> = Mutex::new(Vec::new());
    let mut warned = WARNED.lock().unwrap_or_else(PoisonError::into_inner);
    if warned.contains(&TypeId::of::<A>()) {
        return;
    }
    warned.push(TypeId::of::<A>());
    drop(warned);
    let wrong = match registered_model::<A::Entity>() {
        Some(entity) => entity.name(),
        None => type_name::<A>(),
    };
    let model = type_name::<A::Model>();
    tracing::warn!(
        target: "events_seaorm",
        "no write emits events of `{wrong}`, which has subscribers, as those of `Updated<{wrong}>`; subscribe to events of the model: \
         `Updated<{model}>`",
    );
}
