//! The delivery as a parameter of its subscriber.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use events_core::{
    failures::BoxError,
    handlers::{CallContext, Param, Prepare, PrepareError},
};

/// The delivery of a stored event, as a parameter of durable subscribers.
///
/// ```
/// use events_core::{Event, subscriber};
/// use events_durable::{Delivery, Durable};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Event, Durable, Clone, Serialize, Deserialize)]
/// struct OrderPlaced {
///     order: u64,
/// }
///
/// #[subscriber(durable = "mail.confirm")]
/// async fn confirm(order: &OrderPlaced, delivery: Delivery<'_>) {
///     println!("mail {} for order {}, attempt {}", delivery.id(), order.order, delivery.attempt());
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy)]
pub struct Delivery<'d>(&'d About);

/// What a delivery tells.
pub struct About {
    pub(crate) id: String,
    pub(crate) topic: String,
    pub(crate) key: Option<String>,
    pub(crate) time: i64,
    pub(crate) attempt: u32,
    pub(crate) max_attempts: u32,
}

impl<'d> Delivery<'d> {
    /// The id of the event, the same in each attempt: what a receiver outside of the database uses to recognise a repetition.
    #[must_use]
    pub fn id(&self) -> &'d str {
        &self.0.id
    }

    /// The number of this attempt, from 1 on.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// After how many attempts the delivery is dead.
    #[must_use]
    pub fn max_attempts(&self) -> u32 {
        self.0.max_attempts
    }

    /// Whether the delivery is dead if this attempt fails.
    #[must_use]
    pub fn is_last_attempt(&self) -> bool {
        self.attempt() >= self.max_attempts()
    }

    /// The topic under which the event is stored.
    #[must_use]
    pub fn topic(&self) -> &'d str {
        &self.0.topic
    }

    /// The key of the event, if it has one.
    #[must_use]
    pub fn key(&self) -> Option<&'d str> {
        self.0.key.as_deref()
    }

    /// When the event was emitted, by the clock of its program.
    #[must_use]
    pub fn time(&self) -> SystemTime {
        let since = Duration::from_millis(u64::try_from(self.0.time).unwrap_or(0));
        SystemTime::UNIX_EPOCH + since
    }
}

impl Param for Delivery<'_> {
    type Kept = ();
    type Held<'c> = Arc<About>;
    type Item<'i> = Delivery<'i>;

    fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
        match scan.durable() {
            Some(_) => Ok(()),
            None => Err(PrepareError::new(
                "only a durable subscriber has a delivery; add `durable = \"its.id\"`, or remove the parameter",
            )),
        }
    }

    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<Arc<About>, BoxError> {
        let about = call.require::<Arc<About>>()?;
        Ok(Arc::clone(about))
    }

    fn item<'i, 'c: 'i>(held: &'i mut Arc<About>) -> Delivery<'i> {
        Delivery(held)
    }
}

impl fmt::Debug for Delivery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("id", &self.id())
            .field("topic", &self.topic())
            .field("attempt", &self.attempt())
            .finish_non_exhaustive()
    }
}
