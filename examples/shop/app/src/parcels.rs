//! The number of parcels of each carrier: a subscriber of the app itself.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use events_core::{State, subscriber};
use orders::ParcelSent;

/// The number of parcels, by carrier. Clones share their counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parcels(Arc<Mutex<BTreeMap<&'static str, usize>>>);

impl Parcels {
    pub(crate) fn by_carrier(&self) -> BTreeMap<&'static str, usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[subscriber]
fn count(parcel: &ParcelSent<'_>, parcels: State<'_, Parcels>) {
    let mut parcels = parcels.0.lock().unwrap_or_else(PoisonError::into_inner);
    *parcels.entry(parcel.carrier).or_default() += 1;
}
