//! Events of which a copy can be kept for a background handler.

use super::traits::OwnedEvent;

/// An owned event of which copies can wait for a subscriber that runs later.
///
/// When it is emitted with [`emit`](Event::emit), an async or deferred subscriber gets a copy, and
/// perhaps on another thread: so it is `Clone`, `Send` and `Sync`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot wait for a subscriber that runs later",
    label = "an async or deferred subscriber gets a copy of this event, perhaps on another thread",
    note = "derive `Clone` for `{Self}`, let it own what it holds, and let that be `Send` and `Sync`; \
            or make the subscriber a sync one"
)]
pub trait Snapshot: OwnedEvent + Clone + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<E: OwnedEvent + Clone + Send + Sync> Snapshot for E {}
