//! The account itself: registered, verified, logged in and out, deleted.

use events_macros::Event;

use super::debug_redacted;

/// An account was created, by a sign-up or by the first sign-in through a provider.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_registered")]
pub struct UserRegistered<U> {
    /// The new user.
    pub user: U,
}

/// A user logged in with a password and, where it is on, the second factor.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_logged_in")]
pub struct UserLoggedIn<U> {
    /// Who logged in.
    pub user: U,
}

/// A user logged out, so that the session holds no longer.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_logged_out")]
pub struct UserLoggedOut<U> {
    /// Who logged out.
    pub user: U,
}

/// The link that proves an e-mail address was followed.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_verified")]
pub struct UserVerified<U> {
    /// Whose address is proven.
    pub user: U,
}

/// Somebody is to prove an e-mail address: at the sign-up, or because the link was asked for again.
///
/// ```
/// use events_core::{Event, auth::VerificationRequested};
///
/// let event = VerificationRequested::<&str>::builder()
///     .email("ada@example.org")
///     .url("https://example.org/verify?token=63f1")
///     .emit();
/// assert!(event.user.is_none());
/// assert!(!format!("{event:?}").contains("63f1"));
/// ```
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "verification_requested")]
pub struct VerificationRequested<U> {
    /// The user, where there is one before the address is proven. In regstack there is none.
    pub user: Option<U>,
    /// The address that is to be proven.
    #[event(into)]
    pub email: String,
    /// The link that proves it.
    #[event(into, secret)]
    pub url: String,
}

debug_redacted!(VerificationRequested: user, email; url);

/// An account was deleted, by its user or by an admin.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_deleted")]
pub struct UserDeleted<U> {
    /// The user as it was before.
    pub user: U,
}
