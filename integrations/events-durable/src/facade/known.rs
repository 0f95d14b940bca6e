//! Whether there is a subscriber with an id.

use super::{durable::Durable, error::DurableError};
use crate::store::Engine;

impl<DB: Engine> Durable<DB> {
    /// Whether this program has registered a subscriber with this id.
    pub(super) fn has_own(&self, subscriber: &str) -> bool {
        let own = self.subscribers();
        let mut own = own.iter().flat_map(|own| &own.0);
        own.any(|one| one.id() == subscriber)
    }

    /// Fails if neither the database nor this program has a subscriber with this id, nor a pause of it.
    pub(super) async fn check_known(&self, subscriber: &str) -> Result<(), DurableError> {
        if self.has_own(subscriber) {
            return Ok(());
        }
        let known = DB::subscriber_ids(&self.0.pool).await?;
        if known.iter().any(|id| id == subscriber) {
            return Ok(());
        }
        Err(DurableError::UnknownSubscriber {
            subscriber: subscriber.to_owned(),
            known,
        })
    }
}
