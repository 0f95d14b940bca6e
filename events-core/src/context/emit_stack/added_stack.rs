//! More stack for functions that cannot be refused.

use super::stack::MIN_STACK_LEFT;

/// The size of a stack that is added, in bytes.
const ADDED_STACK: usize = 1024 * 1024;

/// Calls a function that may recurse once for each of some nested emits, and cannot be refused, such as a destructor: on
/// an added stack if little of this one is left.
pub(crate) fn with_enough_stack(f: impl FnOnce()) {
    match stacker::remaining_stack() {
        Some(left) if left < MIN_STACK_LEFT => stacker::grow(ADDED_STACK, f),
        _ => f(),
    }
}
