//! events-core in a unit of work that is entered, with subscribers that run at once.

use events_core::{Event as _, UnitOfWork};

use crate::{
    case::{B, Case, repeat},
    events,
};

pub(crate) fn cases() -> Vec<Case> {
    macro_rules! emits {
        ($($count:literal $module:ident;)*) => {
            vec![$(
                Case::new("unit", $count, |times| {
                    let work = UnitOfWork::begin();
                    let _entered = work.handle().enter();
                    repeat(times, |a| events::$module::Pair { a, b: B }.emit().a)
                }),
            )*]
        };
    }
    emits! {
        0 zero;
        4 four;
    }
}
