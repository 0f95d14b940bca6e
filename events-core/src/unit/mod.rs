//! The unit of work: it keeps what is emitted in a transaction until that is committed.
//!
//! A *unit* belongs to one transaction, not to a thread or a task. What is emitted in it is *held*: an event, for the
//! subscribers that run after the commit or the rollback, or a closure. The unit has *levels*: itself, and one for each open
//! savepoint. An emit has its *place* at the level that is innermost when it begins; a level that is rolled back takes what is
//! held there, and no more.
//!
//! - `work`: [`UnitOfWork`], which ends its unit, and `prepared`: one of which the commit is certain but for that of the
//!   database; `savepoint`: [`Savepoint`]; `handle`: [`UnitHandle`], with which events are emitted;
//! - `ledger`: the state of a unit, which these share; `before_commit`: what runs before the commit; `ending`: what runs when the
//!   unit ends;
//! - `entered`: the unit that a thread has entered; `with_unit`: futures that have one;
//! - `error`: what is wrong with the use of a unit.
//!
//! What is held runs on the thread that ends the unit, outside of the lock, one after the other, without a point at which a
//! cancellation could come in between.

mod before_commit;
mod ending;
mod entered;
mod error;
mod handle;
mod ledger;
mod prepared;
mod savepoint;
mod with_unit;
mod work;

pub(crate) use ending::end_at_once;
pub use entered::EnteredUnit;
pub(crate) use entered::{entered_unit, is_in_unit, is_in_unit_of_scope};
pub use error::{CommitError, UnitEnded};
pub use handle::UnitHandle;
pub(crate) use ledger::{HeldEnd, HeldItem, OpenPlace, Placed};
pub use prepared::Prepared;
pub use savepoint::{ReleaseError, Savepoint};
pub use with_unit::{InUnit, WithUnit, current_unit, without_unit};
pub use work::UnitOfWork;
