//! The targets of `before`, `after` and their forms `_if_present`.

use super::key::Key;

/// A subscriber relative to which another one is ordered.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct OrderTarget {
    pub(crate) key: Key,
    /// Whether it is a problem if no subscriber has this key.
    pub(crate) is_required: bool,
}

impl OrderTarget {
    /// The target of `before` or `after`.
    #[must_use]
    pub fn required(key: Key) -> Self {
        Self {
            key,
            is_required: true,
        }
    }

    /// The target of `before_if_present` or `after_if_present`, which may be absent.
    #[must_use]
    pub fn if_present(key: Key) -> Self {
        Self {
            key,
            is_required: false,
        }
    }
}
