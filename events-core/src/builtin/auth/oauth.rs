//! Sign-in through a provider, and the accounts there that are linked to the one here.

use events_macros::Event;

/// Somebody was sent to a provider, to sign in or to link an account. Who it is, is not known yet.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "oauth_signin_started")]
pub struct OauthSigninStarted {
    /// The provider's name, such as `google`.
    #[event(into)]
    pub provider: String,
    /// What for: `signin`, or `link`.
    #[event(into)]
    pub mode: String,
}

/// A user came back from the provider, and is signed in or linked.
///
/// ```
/// use events_core::auth::OauthSigninCompleted;
///
/// let event = OauthSigninCompleted::builder()
///     .user("ada")
///     .provider("google")
///     .mode("signin")
///     .was_new(true)
///     .emit();
/// assert_eq!(event.provider, "google");
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "oauth_signin_completed")]
pub struct OauthSigninCompleted<U> {
    /// Who it is.
    pub user: U,
    /// The provider's name.
    #[event(into)]
    pub provider: String,
    /// What for: `signin`, or `link`.
    #[event(into)]
    pub mode: String,
    /// Whether the account here was created by it.
    pub was_new: bool,
}

/// A user who is logged in linked an account at a provider, to sign in through it.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "oauth_account_linked")]
pub struct OauthAccountLinked<U> {
    /// Whose account it is.
    pub user: U,
    /// The provider's name.
    #[event(into)]
    pub provider: String,
}

/// A user gave up the link to an account at a provider.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "oauth_account_unlinked")]
pub struct OauthAccountUnlinked<U> {
    /// Whose account it is.
    pub user: U,
    /// The provider's name.
    #[event(into)]
    pub provider: String,
}
