//! Events of a user's credentials: the password and the e-mail address.

use events_macros::Event;

use super::debug_redacted;

/// A link to set a new password was requested.
///
/// ```
/// use events_core::{Registry, State, auth::PasswordResetRequested, subscriber, subscribers};
///
/// #[derive(Clone)]
/// struct User {
///     email: &'static str,
/// }
///
/// struct Mailer;
///
/// impl Mailer {
///     async fn send(&self, to: &str, text: &str) -> Result<(), &'static str> {
///         assert_eq!((to, text), ("ada@example.org", "Set a new password: https://example.org/r/63f1"));
///         Ok(())
///     }
/// }
///
/// #[subscriber]
/// async fn send_link(
///     event: &PasswordResetRequested<User>,
///     mailer: State<'_, Mailer>,
/// ) -> Result<(), &'static str> {
///     mailer.send(event.user.email, &format!("Set a new password: {}", event.url)).await
/// }
///
/// let registry = Registry::new();
/// registry.scanner().state(Mailer).subscribers(subscribers![send_link]).run();
///
/// let user = User { email: "ada@example.org" };
/// let event = PasswordResetRequested::builder().user(user).url("https://example.org/r/63f1").build();
/// let emitted = smol::block_on(registry.try_emit_async(event)).expect("the mail is sent");
/// assert_eq!(emitted.ran(), 1);
/// ```
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "password_reset_requested")]
pub struct PasswordResetRequested<U> {
    /// The user whose password may be set.
    pub user: U,
    /// The link; it permits its holder to set the password.
    #[event(into, secret)]
    pub url: String,
}

debug_redacted!(PasswordResetRequested: user; url);

/// A new password was set through such a link.
///
/// ```
/// use events_core::{Registry, auth::PasswordResetCompleted, subscriber, subscribers};
///
/// struct User {
///     failed_logins: u32,
///     locked: bool,
/// }
///
/// #[subscriber]
/// fn unlock(event: &mut PasswordResetCompleted<User>) {
///     event.user.failed_logins = 0;
///     event.user.locked = false;
/// }
///
/// let registry = Registry::with(subscribers![unlock]);
/// let user = User { failed_logins: 5, locked: true };
/// let user = registry.emit(PasswordResetCompleted { user }).user;
/// assert_eq!((user.failed_logins, user.locked), (0, false));
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "password_reset_completed")]
pub struct PasswordResetCompleted<U> {
    /// The user with the new password.
    pub user: U,
}

/// A user who is logged in changed the password.
///
/// ```
/// use events_core::{Emission, Registry, auth::PasswordChanged};
///
/// struct User {
///     sessions: Vec<u32>,
///     current: u32,
/// }
///
/// let registry = Registry::new();
/// // Ends the other sessions, unless an admin set the password.
/// let log_out_others = |event: &mut PasswordChanged<User>, emission: &Emission| {
///     if emission.origin().is_none_or(|origin| origin.as_str() != "admin") {
///         let current = event.user.current;
///         event.user.sessions.retain(|session| *session == current);
///     }
/// };
/// registry.on(log_out_others).detach();
///
/// let user = User { sessions: vec![1, 2, 3], current: 2 };
/// let event = registry.emit(PasswordChanged { user });
/// assert_eq!(event.user.sessions, [2]);
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "password_changed")]
pub struct PasswordChanged<U> {
    /// The user with the new password.
    pub user: U,
}

/// A user requested a change of the e-mail address; the new one must be proven first.
///
/// ```
/// use events_core::{Registry, auth::EmailChangeRequested, subscriber, subscribers};
///
/// #[derive(Debug)]
/// struct User {
///     email: &'static str,
/// }
///
/// #[subscriber]
/// fn refuse_other_domains(event: &EmailChangeRequested<User>) -> Result<(), String> {
///     let domain = |email: &str| email.rsplit('@').next().map(str::to_owned);
///     if domain(event.user.email) != domain(&event.new_email) {
///         return Err(format!("{} is at another domain", event.new_email));
///     }
///     println!("a mail to {}: confirm it at {}", event.new_email, event.url);
///     Ok(())
/// }
///
/// let registry = Registry::with(subscribers![refuse_other_domains]);
/// let event = EmailChangeRequested::builder()
///     .user(User { email: "ada@example.org" })
///     .new_email("ada@example.net")
///     .url("https://example.org/confirm?token=63f1")
///     .build();
/// assert!(!format!("{event:?}").contains("63f1")); // `Debug` hides the link.
///
/// let error = registry.try_emit(event).unwrap_err();
/// assert!(error.to_string().ends_with("ada@example.net is at another domain"));
/// ```
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "email_change_requested")]
pub struct EmailChangeRequested<U> {
    /// The user, with the previous address.
    pub user: U,
    /// The address to prove.
    #[event(into)]
    pub new_email: String,
    /// The link that proves it.
    #[event(into, secret)]
    pub url: String,
}

debug_redacted!(EmailChangeRequested: user, new_email; url);

/// A user's e-mail address was changed, after the new one was proven.
///
/// ```
/// use events_core::{Registry, auth::EmailChanged, subscriber, subscribers};
///
/// #[derive(Clone)]
/// struct User {
///     email: &'static str,
/// }
///
/// /// So that a user notices a change that another person made.
/// #[subscriber(deferred)]
/// fn notify_previous_address(event: &EmailChanged<User>) {
///     assert_eq!(event.previous_email, "ada@example.org");
///     println!("a mail to {}: it is now {}", event.previous_email, event.user.email);
/// }
///
/// let registry = Registry::with(subscribers![notify_previous_address]);
/// let user = User { email: "ada@example.net" };
/// registry.emit(EmailChanged::builder().user(user).previous_email("ada@example.org").build());
/// let flushed = registry.queue().flush();
/// assert_eq!((flushed.ran(), flushed.failures()), (1, 0));
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "email_changed")]
pub struct EmailChanged<U> {
    /// The user, with the new address.
    pub user: U,
    /// The previous address.
    #[event(into)]
    pub previous_email: String,
}
