//! Compares expansions of the macros with the files in `tests/golden`, which also show what the macros
//! generate.
//!
//! `UPDATE_GOLDEN=1 cargo test -p events-macros` rewrites the files.

use std::{env, fs, path::Path};

use proc_macro2::TokenStream;

use crate::{args, event, flush, listener, subscriber};

fn tokens(input: &str) -> TokenStream {
    input.parse().expect("the input is valid tokens")
}

/// Compares the expansion of the input with the file of that name.
fn check(name: &str, input: &str, output: TokenStream) {
    let file = syn::parse2(output).expect("the output is valid items");
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
        fs::write(&path, text).expect("the file is writable");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    let differs = golden
        .lines()
        .zip(text.lines())
        .position(|(golden, expanded)| golden != expanded)
        .or((golden != text).then_some(golden.lines().count().min(text.lines().count())));
    if let Some(line) = differs {
        panic!(
            "the expansion differs from tests/golden/{name}.rs, first in line {}:\n\
             \x20   was: {}\n    is:  {}\n\
             if the change is intended, rewrite the file and review the difference:\n\
             \x20   UPDATE_GOLDEN=1 cargo test -p events-macros\n\
             \x20   git diff events-macros/tests/golden",
            line + 1,
            golden.lines().nth(line).unwrap_or("(nothing)"),
            text.lines().nth(line).unwrap_or("(nothing)"),
        );
    }
}

fn check_event(name: &str, input: &str) {
    check(name, input, event::derive(tokens(input)));
}

fn check_subscriber(name: &str, options: &str, item: &str) {
    let attribute = if options.is_empty() {
        "#[subscriber]".to_owned()
    } else {
        format!("#[subscriber({options})]")
    };
    let input = format!("{attribute}\n{}", item.trim());
    let expansion = subscriber::registration(tokens(options), tokens(item));
    check(name, &input, expansion);
}

fn check_flush(name: &str, item: &str) {
    let expansion = flush::attribute(TokenStream::new(), &tokens(item));
    check(name, &format!("#[flush_queue]\n{}", item.trim()), expansion);
}

fn check_listener(name: &str, item: &str) {
    let expansion = listener::listener_registration(TokenStream::new(), tokens(item));
    check(name, &format!("#[listener]\n{}", item.trim()), expansion);
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
fn an_event_as_json() {
    check_event(
        "event_json",
        r#"
        #[derive(Event, Serialize)]
        #[event(serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct Paid {
            pub order_number: u32,
            #[event(secret)]
            pub card: Card,
            #[serde(skip)]
            pub session: Session,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub note: Option<String>,
        }
        "#,
    );
}

#[test]
fn an_enum_as_json() {
    check_event(
        "event_json_enum",
        r"
        #[derive(Event, Serialize)]
        #[event(serialize)]
        pub enum Changed {
            Paid(Paid),
            Closed,
        }
        ",
    );
}

#[test]
fn a_borrowing_event() {
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
fn a_generic_event() {
    check_event(
        "event_clone",
        r#"
        #[derive(Event)]
        #[event(clone)]
        struct Loaded<T>(T);
        "#,
    );
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
fn a_field_named_like_a_builder_method() {
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
fn subscriber_after_commit() {
    check_subscriber(
        "subscriber_after_commit",
        "after_commit",
        "fn confirm(event: &OrderPlaced) {}",
    );
}

#[test]
fn a_subscriber_with_every_option() {
    check_subscriber(
        "subscriber_options",
        "priority = 10, when = |e: &Login<'_>| e.count > 0, origin = checkout, once, \
         before = audit, after = [charge, ship], after_if_present = \"metrics\"",
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
fn an_awaited_subscriber() {
    check_subscriber(
        "subscriber_awaited",
        "once",
        "
        async fn reserve(event: &mut Checkout<'_>, stock: State<'_, Stock>) -> ControlFlow<()> {
            stock.reserve(event.order).await
        }
        ",
    );
}

#[test]
fn a_deferred_subscriber_with_filters() {
    check_subscriber(
        "subscriber_deferred",
        "deferred, delay = Duration::from_secs(60), concurrency = 1, retry = 3, per_key = |e| e.user, debounce = WAIT, when = |e: &FirstLogin| e.attempts > 0, origin = signup, once",
        "
        fn report(event: &FirstLogin) {}
        ",
    );
}

#[test]
fn a_subscriber_to_a_topic_pattern() {
    check_subscriber(
        "subscriber_topic",
        "topic = \"shop::.*\"",
        "
        fn audit(event: &dyn AnyEvent) {}
        ",
    );
}

#[test]
fn an_async_subscriber_to_a_topic_pattern() {
    check_subscriber(
        "subscriber_topic_async",
        "topic = \"shop::.*\", when = |e: &dyn AnyEvent| e.origin().is_none()",
        "
        async fn export(event: &EventCopy, sink: State<'_, Sink>) -> Result<(), SinkError> {
            sink.send(event).await
        }
        ",
    );
}

#[test]
fn a_deferred_subscriber_to_several_events() {
    check_subscriber(
        "subscriber_types_deferred",
        "Login, Logout, deferred, once",
        "
        fn first(event: &EventCopy) {}
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
        listener::observer_registration(tokens("User"), tokens(item)),
    );
}

#[test]
fn a_flushing_function() {
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
fn an_async_flushing_function() {
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

#[test]
fn the_arguments_of_a_named_event() {
    let input = "args! { user: id, secret r#type: text() }";
    let values = tokens("events_core; user: id, secret r#type: text()");
    let block = args::expand(values);
    check("args", input, quote::quote!(fn args() -> Args #block));
}
