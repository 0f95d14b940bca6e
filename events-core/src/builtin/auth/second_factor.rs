//! Events of the second factor of a login: the phone, and the codes that are sent to it.

use events_macros::Event;

use super::debug_redacted;

/// A user entered a phone number, and a code that proves it was generated.
///
/// ```
/// use events_core::{Registry, auth::PhoneSetupStarted, subscriber, subscribers};
///
/// #[derive(Clone)]
/// struct User {
///     name: &'static str,
/// }
///
/// #[subscriber(concurrency = 4)]
/// async fn send_code(event: &PhoneSetupStarted<User>) -> Result<(), String> {
///     if !event.phone.starts_with('+') {
///         return Err(format!("{} has no country code", event.phone));
///     }
///     println!("to {}: {}, your code is {}", event.phone, event.user.name, event.code);
///     Ok(())
/// }
///
/// let registry = Registry::with(subscribers![send_code]);
/// let started = PhoneSetupStarted::builder().user(User { name: "Ada" }).code("123456");
/// let event = started.phone("030 1234").build();
/// let error = smol::block_on(registry.try_emit_async(event)).unwrap_err();
/// assert!(error.to_string().ends_with("030 1234 has no country code"));
/// ```
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "phone_setup_started")]
pub struct PhoneSetupStarted<U> {
    /// The user of the phone.
    pub user: U,
    /// The number to prove.
    #[event(into)]
    pub phone: String,
    /// The code that proves it.
    #[event(into, secret)]
    pub code: String,
}

debug_redacted!(PhoneSetupStarted: user, phone; code);

/// A user's phone number was removed.
///
/// ```
/// use events_core::{Registry, auth::PhoneSetupDisabled};
///
/// struct User {
///     phone: Option<&'static str>,
/// }
///
/// let registry = Registry::new();
/// registry.on(|event: &mut PhoneSetupDisabled<User>| event.user.phone = None).detach();
///
/// let event = registry.emit(PhoneSetupDisabled { user: User { phone: Some("+49 30 1234") } });
/// assert_eq!(event.user.phone, None);
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "phone_setup_disabled")]
pub struct PhoneSetupDisabled<U> {
    /// The user of the phone.
    pub user: U,
}

/// The password was correct, and a code for the second step of the login was generated.
///
/// ```
/// use events_core::{Registry, auth::MfaLoginStarted, subscriber, subscribers};
///
/// #[derive(Clone, Debug)]
/// struct User {
///     phone: Option<&'static str>,
/// }
///
/// #[subscriber]
/// async fn send_code(event: &MfaLoginStarted<User>) -> Result<(), &'static str> {
///     let phone = event.user.phone.ok_or("the user has no phone")?;
///     println!("to {phone}: your code is {}", event.code);
///     Ok(())
/// }
///
/// let registry = Registry::with(subscribers![send_code]);
/// let login = |phone| {
///     let event = MfaLoginStarted::builder().user(User { phone }).code("123456").build();
///     smol::block_on(registry.try_emit_async(event))
/// };
/// assert!(login(Some("+49 30 1234")).is_ok());
///
/// // The login fails at once when no code was sent. Neither `Debug` nor the error shows the code.
/// let error = login(None).unwrap_err();
/// assert!(error.to_string().ends_with("the user has no phone"));
/// assert_eq!(format!("{:?}", error.event()), "MfaLoginStarted { user: User { phone: None }, code: [redacted] }");
/// ```
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "mfa_login_started")]
pub struct MfaLoginStarted<U> {
    /// The user who logs in.
    pub user: U,
    /// The code that completes the login.
    #[event(into, secret)]
    pub code: String,
}

debug_redacted!(MfaLoginStarted: user; code);

/// The second step was enabled for a user's login.
///
/// ```
/// use events_core::{Registry, auth::MfaEnabled};
///
/// struct User {
///     recovery_codes: Vec<String>,
/// }
///
/// let registry = Registry::new();
/// let add_codes = |event: &mut MfaEnabled<User>| {
///     event.user.recovery_codes = (1..=8).map(|number| format!("code-{number}")).collect();
/// };
/// registry.on(add_codes).detach();
///
/// let event = registry.emit(MfaEnabled { user: User { recovery_codes: Vec::new() } });
/// assert_eq!(event.user.recovery_codes.len(), 8);
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "mfa_enabled")]
pub struct MfaEnabled<U> {
    /// The user of the login.
    pub user: U,
}

/// The second step was disabled for a user's login.
///
/// ```
/// use events_core::{Registry, auth::MfaDisabled, subscriber, subscribers};
///
/// struct User {
///     name: &'static str,
///     is_admin: bool,
/// }
///
/// #[subscriber(when = |event: &MfaDisabled<User>| event.user.is_admin)]
/// fn alert(event: &MfaDisabled<User>) {
///     println!("the admin {} logs in without a second step now", event.user.name);
/// }
///
/// let registry = Registry::with(subscribers![alert]);
/// let disable = |name, is_admin| registry.try_emit(MfaDisabled { user: User { name, is_admin } });
/// assert_eq!(disable("Ada", true).unwrap().ran(), 1);
/// assert_eq!(disable("Bob", false).unwrap().ran(), 0);
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "mfa_disabled")]
pub struct MfaDisabled<U> {
    /// The user of the login.
    pub user: U,
}
