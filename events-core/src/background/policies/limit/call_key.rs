//! The key of a call: calls with the same key run one at a time.
//!
//! A key is a value of a user type. Only its hash is kept, with random keys and twice as long as usual: so no user code
//! runs under a lock, nothing of the event is stored, and two keys of a program never have the same hash. If they had,
//! their calls would wait for one another.

use std::{
    fmt,
    hash::{BuildHasher, Hash, RandomState},
};

use super::fair_semaphore::KeyHash;
use crate::primitives::CatchDrop;

/// A function that returns the hash of an event's key. It is user code and may panic.
#[doc(hidden)]
pub struct KeyFn<E>(CatchDrop<Box<ErasedKeyFn<E>>>);

type ErasedKeyFn<E> = dyn Fn(&E) -> KeyHash + Send + Sync;

impl<E> KeyFn<E> {
    pub(in crate::background::policies) fn call(&self, event: &E) -> KeyHash {
        (*self.0)(event)
    }
}

impl<E> fmt::Debug for KeyFn<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFn").finish_non_exhaustive()
    }
}

/// The function that returns the hash of the key that `key` returns.
#[doc(hidden)]
pub fn key_fn<E, K: Hash>(key: impl Fn(&E) -> K + Send + Sync + 'static) -> KeyFn<E> {
    let states = [RandomState::new(), RandomState::new()];
    KeyFn(CatchDrop::new(Box::new(move |event| {
        let key = key(event);
        let [low, high] = [0, 1].map(|index: usize| states[index].hash_one(&key));
        KeyHash::from(high) << 64 | KeyHash::from(low)
    })))
}
