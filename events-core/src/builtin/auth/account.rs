//! Events of the account itself: registered, verified, logged in and out, deleted.

use events_macros::Event;

use super::debug_redacted;

/// An account was created, by a sign-up or by the first sign-in through a provider.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_registered")]
pub struct UserRegistered<U> {
    /// The new user.
    pub user: U,
}

/// A user logged in with a password and, if it is enabled, the second factor.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_logged_in")]
pub struct UserLoggedIn<U> {
    /// The user who logged in.
    pub user: U,
}

/// A user logged out, which ended the session.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_logged_out")]
pub struct UserLoggedOut<U> {
    /// The user who logged out.
    pub user: U,
}

/// A user opened the link that proves an e-mail address.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_verified")]
pub struct UserVerified<U> {
    /// The user with the proven address.
    pub user: U,
}

/// A link that proves an e-mail address was created: at the sign-up, or because a new one was requested.
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
    /// The user, if it exists before the address is proven. In regstack (see [`auth`](crate::auth)) it does not.
    pub user: Option<U>,
    /// The address to prove.
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
    /// The user as it was before the deletion.
    pub user: U,
}
