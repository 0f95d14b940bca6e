//! What the macros write, compared with `tests/golden`: there a newcomer can read it.
//!
//! `UPDATE_GOLDEN=1 cargo test -p events-macros` writes the files anew.

use std::{env, fs, path::Path};

use proc_macro2::TokenStream;

use crate::{event, flush, listener, subscriber};

/// What an expansion says, without the attribute and its item.
fn derived(input: &str) -> TokenStream {
    event::derive(parsed(input))
}

fn subscribed(options: &str, item: &str) -> TokenStream {
    subscriber::registration(parsed(options), parsed(item))
}

fn parsed(input: &str) -> TokenStream {
    input.parse().expect("the input is made of tokens")
}

/// Compares what was written for the input with the file of that name.
fn check(name: &str, input: &str, output: TokenStream) {
    let file = syn::parse2(output).expect("the output is made of items");
    let mut text = String::from("//! Written by a macro, for this:\n//!\n//! ```\n");
    for line in input.trim().lines() {
        text.push_str(format!("//! {}", line.strip_prefix("        ").unwrap_or(line)).trim_end());
        text.push('\n');
    }
    text.push_str("//! ```\n\n");
    text.push_str(&prettyplease::unparse(&file));

    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
        .with_extension("rs");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).expect("the file can be written");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    let differs = golden
        .lines()
        .zip(text.lines())
        .position(|(golden, written)| golden != written)
        .or((golden != text).then_some(golden.lines().count().min(text.lines().count())));
    if let Some(line) = differs {
        panic!(
            "the expansion differs from tests/golden/{name}.rs, first in line {}:\n\
             \x20   was: {}\n    is:  {}\n\
             when that is meant, write it anew and read the difference:\n\
             \x20   UPDATE_GOLDEN=1 cargo test -p events-macros\n\
             \x20   git diff events-macros/tests/golden",
            line + 1,
            golden.lines().nth(line).unwrap_or("(nothing)"),
            text.lines().nth(line).unwrap_or("(nothing)"),
        );
    }
}

fn check_event(name: &str, input: &str) {
    check(name, input, derived(input));
}

fn check_subscriber(name: &str, options: &str, item: &str) {
    let attribute = if options.is_empty() {
        "#[subscriber]".to_owned()
    } else {
        format!("#[subscriber({options})]")
    };
    let input = format!("{attribute}\n{}", item.trim());
    check(name, &input, subscribed(options, item));
}

fn check_flush(name: &str, item: &str) {
    let input = format!("#[flush_queue]\n{}", item.trim());
    check(
        name,
        &input,
        flush::attribute(TokenStream::new(), &parsed(item)),
    );
}

fn check_listener(name: &str, item: &str) {
    let input = format!("#[listener]\n{}", item.trim());
    let written = listener::registered(TokenStream::new(), parsed(item));
    check(name, &input, written);
}

#[test]
fn an_event_with_options_on_its_fields() {
    check_event(
        "event_fields",
        r#"
        /// User logs in for the first time.
        #[derive(Event)]
        pub struct FirstLogin {
            /// Where from.
            #[event(into, secret)]
            pub ip: String,
            #[event(default = 1)]
            pub attempts: u32,
            pub referrer: Option<String>,
        }
        "#,
    );
}

#[test]
fn an_event_that_borrows() {
    check_event(
        "event_borrows",
        "
        #[derive(Event)]
        pub struct Login<'a> {
            pub user: &'a mut User,
        }
        ",
    );
}

#[test]
fn an_event_with_a_parameter() {
    check_event(
        "event_generic",
        r#"
        #[derive(Event)]
        #[event(topic = "record.saved")]
        pub(crate) struct Saved<T: Clone>
        where
            T: Send,
        {
            record: T,
        }
        "#,
    );
}

#[test]
fn a_unit_event() {
    check_event(
        "event_unit",
        "
        #[derive(Event)]
        struct Started;
        ",
    );
}

#[test]
fn a_field_that_is_named_as_a_method_of_the_builder() {
    check_event(
        "event_field_build",
        "
        #[derive(Event)]
        struct Deployed {
            build: u32,
        }
        ",
    );
}

#[test]
fn a_subscriber() {
    check_subscriber(
        "subscriber",
        "",
        "
        fn greet(event: &FirstLogin) {}
        ",
    );
}

#[test]
fn a_subscriber_with_every_option() {
    check_subscriber(
        "subscriber_options",
        "priority = 10, when = |e: &Login<'_>| e.count > 0, origin = checkout, once, \
         before = audit, after = [charge, ship]",
        "
        #[cfg(unix)]
        fn book(
            event: &mut Login<'_>,
            ledger: State<'_, Ledger>,
            emission: &Emission,
        ) -> Result<(), LedgerError> {
            ledger.book(event)
        }
        ",
    );
}

#[test]
fn an_async_subscriber() {
    check_subscriber(
        "subscriber_async",
        "",
        "
        async fn welcome(
            event: &FirstLogin,
            mailer: State<'_, Mailer>,
            emission: &Emission,
        ) -> Result<(), MailError> {
            mailer.send(event).await
        }
        ",
    );
}

#[test]
fn a_deferred_subscriber_with_filters() {
    check_subscriber(
        "subscriber_deferred",
        "deferred, concurrency = 1, when = |e: &FirstLogin| e.attempts > 0, origin = signup, once",
        "
        fn report(event: &FirstLogin) {}
        ",
    );
}

#[test]
fn a_listener() {
    check_listener(
        "listener",
        "
        impl Greeter {
            #[on]
            fn first(&self, event: &FirstLogin) {
                self.greet(event.user);
            }

            #[cfg(unix)]
            #[on(priority = 5, when = |event: &Login| Self::knows(event), after = Self::first)]
            fn login(&self, event: &mut Login, ledger: State<'_, Ledger>) -> Result<(), LedgerError> {
                ledger.book(event)
            }

            fn greet(&self, user: &User) {}
        }
        ",
    );
}

#[test]
fn a_listener_with_an_async_handler() {
    check_listener(
        "listener_async",
        "
        impl Greeter<u8> {
            #[on(concurrency = 1)]
            async fn mail(&self, event: &Changed<Self>, mailer: State<'_, Mailer>) {
                mailer.send(event).await
            }
        }
        ",
    );
}

#[test]
fn an_observer() {
    let item = "
        impl UserObserver {
            fn creating(&self, event: &mut Creating<User>) {}

            #[on(deferred)]
            fn updated(&self, event: &Updated<User>) {}
        }
        ";
    check(
        "observer",
        &format!("#[observer(User)]\n{}", item.trim()),
        listener::observed(parsed("User"), parsed(item)),
    );
}

#[test]
fn a_function_that_flushes() {
    check_flush(
        "flush_queue",
        "
        pub fn upload(bytes: &str) -> Result<u64, ParseIntError> {
            let bytes = bytes.parse()?;
            let _ = Uploaded { bytes }.enqueue();
            Ok(bytes)
        }
        ",
    );
}

#[test]
fn an_async_function_that_flushes() {
    check_flush(
        "flush_queue_async",
        "
        pub async fn upload(file: &File) -> Result<impl Display, Error> {
            let bytes = file.read().await?;
            Ok(bytes.len())
        }
        ",
    );
}
