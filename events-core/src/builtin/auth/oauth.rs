//! Events of sign-in through a provider, and of links to accounts at a provider.

use events_macros::Event;

/// A visitor was redirected to a provider, to sign in or to link an account. The user is not known yet.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "oauth_signin_started")]
pub struct OauthSigninStarted {
    /// The provider's name, such as `google`.
    #[event(into)]
    pub provider: String,
    /// The purpose: `signin` or `link`.
    #[event(into)]
    pub mode: String,
}

/// A user returned from the provider, and is signed in or linked.
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
    /// The user.
    pub user: U,
    /// The provider's name.
    #[event(into)]
    pub provider: String,
    /// The purpose: `signin` or `link`.
    #[event(into)]
    pub mode: String,
    /// Whether this sign-in created the local account.
    pub was_new: bool,
}

/// A user who is logged in linked an account at a provider, to sign in through it.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "oauth_account_linked")]
pub struct OauthAccountLinked<U> {
    /// The user whose account is linked.
    pub user: U,
    /// The provider's name.
    #[event(into)]
    pub provider: String,
}

/// A user removed the link to an account at a provider.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "oauth_account_unlinked")]
pub struct OauthAccountUnlinked<U> {
    /// The user whose account was linked.
    pub user: U,
    /// The provider's name.
    #[event(into)]
    pub provider: String,
}
