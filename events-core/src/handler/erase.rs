//! Erasing the type of an event in a generic function, which cannot name the lifetime of the event.

use super::chain::ErasedEvent;
use crate::event::{Event, Family, Visit};

/// The event with its type erased.
#[inline]
pub(crate) fn erase<E: Event>(event: &mut E) -> ErasedEvent<'_> {
    event.__lend(Erase)
}

struct Erase;

impl<'s, F: Family> Visit<'s, F> for Erase {
    type Output = ErasedEvent<'s>;

    #[inline]
    fn visit<'x: 's>(self, event: &'s mut F::Of<'x>) -> ErasedEvent<'s> {
        ErasedEvent::new::<F>(event)
    }
}
