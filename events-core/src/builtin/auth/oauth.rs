//! Events of sign-in through a provider, and of links to accounts at a provider.

use events_macros::Event;

/// A visitor was redirected to a provider, to sign in or to link an account. The user is not known yet.
///
/// ```
/// use std::{collections::BTreeMap, sync::Mutex};
/// use events_core::{Registry, auth::OauthSigninStarted, subscriber, subscribers};
///
/// /// How many sign-ins each provider has.
/// static COUNTS: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());
///
/// #[subscriber(when = |event: &OauthSigninStarted| event.mode == "signin")]
/// fn count(event: &OauthSigninStarted) {
///     *COUNTS.lock().unwrap().entry(event.provider.clone()).or_default() += 1;
/// }
///
/// let registry = Registry::with(subscribers![count]);
///
/// for (provider, mode) in [("google", "signin"), ("google", "link"), ("github", "signin")] {
///     registry.emit(OauthSigninStarted::builder().provider(provider).mode(mode).build());
/// }
/// assert_eq!(COUNTS.lock().unwrap()["google"], 1);
/// ```
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
/// use events_core::{Registry, auth::OauthSigninCompleted, subscriber, subscribers};
///
/// struct User {
///     name: Option<String>,
/// }
///
/// #[subscriber(when = |event: &OauthSigninCompleted<User>| event.was_new && event.mode == "signin")]
/// fn set_name(event: &mut OauthSigninCompleted<User>) {
///     event.user.name = Some(format!("new user from {}", event.provider));
/// }
///
/// let registry = Registry::with(subscribers![set_name]);
/// let completed = OauthSigninCompleted::builder().user(User { name: None }).provider("google");
/// let event = registry.emit(completed.mode("signin").was_new(true).build());
/// assert_eq!(event.user.name.as_deref(), Some("new user from google"));
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
///
/// ```
/// use events_core::{Registry, auth::OauthAccountLinked, subscriber, subscribers};
///
/// struct User {
///     providers: Vec<String>,
/// }
///
/// #[subscriber]
/// fn remember(event: &mut OauthAccountLinked<User>) {
///     event.user.providers.push(event.provider.clone());
/// }
///
/// let registry = Registry::with(subscribers![remember]);
/// let user = User { providers: vec!["google".to_owned()] };
/// let event = OauthAccountLinked::builder().user(user).provider("github").build();
/// assert_eq!(registry.emit(event).user.providers, ["google", "github"]);
/// ```
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
///
/// ```
/// use events_core::{Registry, auth::OauthAccountUnlinked, subscriber, subscribers};
///
/// struct User {
///     providers: Vec<&'static str>,
///     has_password: bool,
/// }
///
/// #[subscriber]
/// fn check_logins(event: &mut OauthAccountUnlinked<User>) -> Result<(), String> {
///     event.user.providers.retain(|provider| *provider != event.provider);
///     if event.user.providers.is_empty() && !event.user.has_password {
///         return Err(format!("no login is left without {}", event.provider));
///     }
///     Ok(())
/// }
///
/// let registry = Registry::with(subscribers![check_logins]);
/// let user = User { providers: vec!["google"], has_password: false };
/// let event = OauthAccountUnlinked::builder().user(user).provider("google").build();
/// let error = registry.try_emit(event).unwrap_err();
/// assert!(error.to_string().ends_with("no login is left without google"));
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "oauth_account_unlinked")]
pub struct OauthAccountUnlinked<U> {
    /// The user whose account was linked.
    pub user: U,
    /// The provider's name.
    #[event(into)]
    pub provider: String,
}
