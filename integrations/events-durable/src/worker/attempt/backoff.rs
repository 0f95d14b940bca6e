//! When a failed delivery is tried again, and which errors are no failure of its subscriber.

use std::{
    collections::hash_map::RandomState,
    error::Error,
    hash::{BuildHasher, Hasher},
    time::Duration,
};

use events_core::{Retry, outcomes::SubscriberOutcome, units::CommitError};
use events_sqlx::TxError;

use crate::store::{Next, StoreError, WhenDead};

/// What becomes of a delivery after this attempt has failed, from 1 on.
pub(super) fn next(retry: &Retry, attempt: u32, when_dead: WhenDead) -> Next {
    if attempt > retry.get_max_retries() {
        return Next::Dead(when_dead);
    }
    let longest = retry.get_max_delay(attempt);
    // Full jitter, as in the registry.
    let random = RandomState::new().build_hasher().finish();
    let share = u32::try_from(random >> 33).unwrap_or(0);
    let millis = longest.as_millis() * u128::from(share) / u128::from(u32::MAX >> 1);
    let delay = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
    Next::After(delay.min(longest))
}

/// Whether another transaction was in the way: of PostgreSQL a serialization failure or a deadlock, of SQLite a lock.
pub(super) fn is_serialization(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<StoreError>() {
            return error.is_serialization();
        }
        if let Some(error) = before_commit(error) {
            return is_serialization(error);
        }
        let found = of_sqlx(error).and_then(sqlx::Error::as_database_error);
        if let Some(code) = found.and_then(sqlx::error::DatabaseError::code) {
            return match code.parse::<u32>() {
                _ if code.len() == 5 => matches!(&*code, "40001" | "40P01"),
                Ok(code) => matches!(code & 0xff, 5 | 6),
                Err(_) => false,
            };
        }
        next = error.source();
    }
    false
}

/// The error of a database that is gone, with which a subscriber has failed.
pub(super) fn gone_in_call(outcome: &SubscriberOutcome) -> Option<StoreError> {
    let failure = match outcome {
        SubscriberOutcome::Failed(failure) | SubscriberOutcome::Retrying(failure) => failure,
        _ => return None,
    };
    gone(failure.error()?)
}

/// The error of a database that is gone. It may be another one than that of the store.
pub(super) fn gone(error: &(dyn Error + 'static)) -> Option<StoreError> {
    let error = store_error(error)?;
    matches!(error, StoreError::Gone(_)).then_some(error)
}

/// The error of a function before the commit, whose text is that of the commit, so that it is no source of it.
fn before_commit<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    let commit = match error.downcast_ref::<TxError>() {
        Some(TxError::Commit(commit)) => Some(commit),
        _ => error.downcast_ref::<CommitError>(),
    };
    match commit {
        Some(CommitError::BeforeCommit(error)) => Some(&**error),
        _ => None,
    }
}

/// The error of the store that a transaction returned, or a function before its commit.
pub(super) fn store_error(error: &(dyn Error + 'static)) -> Option<StoreError> {
    let mut next = Some(before_commit(error).unwrap_or(error));
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<StoreError>() {
            return Some(error.clone());
        }
        #[cfg(feature = "seaorm")]
        if let Some(error @ sea_orm::DbErr::ConnectionAcquire(_)) = error.downcast_ref() {
            return Some(error.clone().into());
        }
        if let Some(error) = of_sqlx(error) {
            return Some(error.into());
        }
        next = error.source();
    }
    None
}

/// The error of sqlx that this is or that it shows; one that is its source is not found.
fn of_sqlx<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e sqlx::Error> {
    if let Some(TxError::Database(error)) = error.downcast_ref() {
        return Some(error);
    }
    #[cfg(feature = "seaorm")]
    if let Some(error) = error.downcast_ref() {
        return crate::store::of_sqlx(error);
    }
    error.downcast_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_is_found_in_the_error_around_it() {
        let check = |error: &(dyn Error + 'static), expected| {
            assert_eq!(is_serialization(error), expected, "{error}");
        };
        let conflict = || StoreError::Serialization("a lock".into());
        let before_commit = |error| TxError::Commit(CommitError::BeforeCommit(error));
        check(&conflict(), true);
        check(&before_commit(conflict().into()), true);
        check(
            &before_commit("a ledger that does not balance".into()),
            false,
        );
        check(&StoreError::Gone("no server".into()), false);
        check(&TxError::Aborted, false);
    }

    #[test]
    fn attempts_are_repeated_as_the_policy_says() {
        let retry =
            Retry::exponential(Duration::from_secs(1), Duration::from_secs(4)).max_retries(3);
        let check = |attempt, longest: Option<u64>| {
            let actual = next(&retry, attempt, WhenDead::Block);
            match (actual, longest) {
                (Next::After(delay), Some(longest)) => {
                    assert!(delay <= Duration::from_secs(longest));
                }
                (Next::Dead(WhenDead::Block), None) => {}
                _ => panic!("attempt {attempt}: {actual:?}"),
            }
        };
        check(1, Some(1));
        check(2, Some(2));
        check(3, Some(4));
        check(4, None);
    }
}
