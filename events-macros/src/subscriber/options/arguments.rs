//! The options of `#[subscriber(..)]` and `#[on(..)]`.
//!
//! An option that is a plain value is parsed, validated and written in this file alone.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Error, Expr, ExprLit, Lit, LitStr, Path, Result, Type, ext::IdentExt, parse_quote,
    spanned::Spanned,
};

use super::{
    duration::{DURATION, duration},
    order::{OrderArgs, check_target_paths, check_target_texts},
    topic_pattern::TopicPattern,
    unit_phase::UnitPhase,
};
use crate::syntax::{
    errors::Errors,
    options::{RawOption, SetOnce},
    spans::{located_at, mixed_site_at},
    text::type_text::source_text,
};

const OPTIONS: &[&str] = &[
    "priority",
    "when",
    "origin",
    "once",
    "before",
    "after",
    "before_if_present",
    "after_if_present",
    "awaited",
    "deferred",
    "delay",
    "timeout",
    "retry",
    "per_key",
    "durable",
    "debounce",
    "concurrency",
    "optional",
    "at_once",
    "after_commit",
    "after_rollback",
    "topic",
    "exact_topic",
];

/// The validated options.
#[derive(Default)]
pub(in crate::subscriber) struct SubscriberArgs {
    pub(in crate::subscriber) options: PlainOptions,
    pub(in crate::subscriber) when: SetOnce<Expr>,
    pub(in crate::subscriber) origin: SetOnce<Expr>,
    pub(in crate::subscriber) per_key: SetOnce<Expr>,
    /// `per_key` without a function, and the error if the subscriber is not durable.
    pub(in crate::subscriber) key_of_event: SetOnce<Error>,
    pub(in crate::subscriber) order: OrderArgs,
    pub(in crate::subscriber) topic: SetOnce<TopicPattern>,
    pub(in crate::subscriber) core: SetOnce<Path>,
    /// The listed event types.
    pub(in crate::subscriber) event_types: Vec<Type>,
    /// Whether the option `topic` is given, valid or not.
    pub(in crate::subscriber) has_topic: bool,
}

/// The options that are plain values. `timeout`, `retry` and `debounce` are in `CallPolicies` of `events-core`, the others are
/// fields of `SubscriberOptions`.
#[derive(Default)]
pub(in crate::subscriber) struct PlainOptions {
    pub(in crate::subscriber) priority: SetOnce<Expr>,
    pub(in crate::subscriber) once: SetOnce<()>,
    pub(in crate::subscriber) awaited: SetOnce<()>,
    pub(in crate::subscriber) deferred: SetOnce<()>,
    pub(in crate::subscriber) delay: SetOnce<Expr>,
    pub(in crate::subscriber) timeout: SetOnce<Expr>,
    pub(in crate::subscriber) retry: SetOnce<Expr>,
    pub(in crate::subscriber) debounce: SetOnce<Expr>,
    pub(in crate::subscriber) concurrency: SetOnce<Expr>,
    optional: SetOnce<()>,
    pub(in crate::subscriber) durable: SetOnce<LitStr>,
    pub(in crate::subscriber) unit_phase: Option<UnitPhase>,
}

impl SubscriberArgs {
    pub(in crate::subscriber) fn new(
        options: Vec<RawOption>,
        is_method: bool,
        errors: &mut Errors,
    ) -> Self {
        let mut args = Self::default();
        for option in options {
            let name = option.name.clone();
            if let Some(ty) = event_type(&option) {
                errors.record(args.add_event_type(ty));
                continue;
            }
            args.has_topic |= name == "topic" || name == "exact_topic";
            let set = match name.to_string().as_str() {
                "priority" => option
                    .into_expr("10")
                    .and_then(|value| args.options.priority.set(&name, value)),
                "when" => option
                    .into_expr("|event: &MyEvent| ..")
                    .and_then(|value| args.when.set(&name, value)),
                "origin" => option
                    .into_expr("checkout")
                    .and_then(|value| args.origin.set(&name, value)),
                "once" => option
                    .expect_flag()
                    .and_then(|()| args.options.once.set(&name, ())),
                "before" => option
                    .into_expr("audit")
                    .and_then(|value| check_target_paths(&name, value, is_method))
                    .and_then(|value| args.order.before.set(&name, value)),
                "after" => option
                    .into_expr("audit")
                    .and_then(|value| check_target_paths(&name, value, is_method))
                    .and_then(|value| args.order.after.set(&name, value)),
                "before_if_present" => option
                    .into_expr("\"metrics\"")
                    .and_then(|value| check_target_texts(&name, value))
                    .and_then(|value| args.order.before_if_present.set(&name, value)),
                "after_if_present" => option
                    .into_expr("\"metrics\"")
                    .and_then(|value| check_target_texts(&name, value))
                    .and_then(|value| args.order.after_if_present.set(&name, value)),
                "awaited" => option
                    .expect_flag()
                    .and_then(|()| args.options.awaited.set(&name, ())),
                "deferred" => option
                    .expect_flag()
                    .and_then(|()| args.options.deferred.set(&name, ())),
                "timeout" => option
                    .into_expr("Duration::from_secs(5)")
                    .and_then(|value| duration("timeout", value))
                    .and_then(|value| args.options.timeout.set(&name, value)),
                "retry" => option
                    .into_expr("3")
                    .and_then(retries)
                    .and_then(|value| args.options.retry.set(&name, value)),
                "per_key" if option.value.is_none() => {
                    match option.into_expr("|event| event.user_id") {
                        Err(error) => args.key_of_event.set(&name, error),
                        Ok(value) => args.per_key.set(&name, value),
                    }
                }
                "durable" => option
                    .into_expr("\"mail.confirm\"")
                    .and_then(durable_id)
                    .and_then(|id| args.options.durable.set(&name, id)),
                "per_key" => option
                    .into_expr("|event| event.user_id")
                    .and_then(|value| args.per_key.set(&name, value)),
                "debounce" => option
                    .into_expr("Duration::from_millis(100)")
                    .and_then(|value| duration("debounce", value))
                    .and_then(|value| args.options.debounce.set(&name, value)),
                "delay" => option
                    .into_expr(DURATION)
                    .and_then(|value| duration("delay", value))
                    .and_then(|value| args.options.delay.set(&name, value)),
                "concurrency" => option
                    .into_expr("1")
                    .and_then(positive)
                    .and_then(|value| args.options.concurrency.set(&name, value)),
                "optional" => option
                    .expect_flag()
                    .and_then(|()| args.options.optional.set(&name, ())),
                "at_once" | "after_commit" | "after_rollback" => option
                    .expect_flag()
                    .and_then(|()| UnitPhase::set(&mut args.options.unit_phase, &name)),
                "topic" => {
                    TopicPattern::parse(option).and_then(|pattern| args.set_topic(&name, pattern))
                }
                "exact_topic" => TopicPattern::parse_exact(option)
                    .and_then(|pattern| args.set_topic(&name, pattern)),
                "crate" if !is_method => option
                    .into_path("my_framework::events")
                    .and_then(|value| args.core.set(&name, value)),
                _ if is_method => Err(option.unknown("`#[on(..)]`", OPTIONS)),
                _ => {
                    let known = [OPTIONS, &["crate"]].concat();
                    Err(option.unknown("`#[subscriber(..)]`", &known))
                }
            };
            errors.record(set);
        }
        errors.record(args.options.check_repeats());
        args
    }

    fn add_event_type(&mut self, ty: Type) -> Result<()> {
        let text = source_text(&ty);
        if self.event_types.iter().any(|it| source_text(it) == text) {
            let text = format!("the type `{text}` is listed twice; remove one of them");
            return Err(Error::new(ty.span(), text));
        }
        self.event_types.push(ty);
        Ok(())
    }

    fn set_topic(&mut self, name: &Ident, pattern: TopicPattern) -> Result<()> {
        match self.topic.value() {
            Some(other) if other.is_exact() != pattern.is_exact() => {
                let text = "`topic` and `exact_topic` cannot be combined; remove one of them";
                Err(Error::new(name.span(), text))
            }
            _ => self.topic.set(name, pattern),
        }
    }
}

impl PlainOptions {
    /// That `retry = 0` is an option of a durable subscriber, whose failed calls are otherwise repeated.
    fn check_repeats(&self) -> Result<()> {
        match self.retry.value() {
            Some(value) if !self.durable.is_set() && is_zero(value) => Err(Error::new(
                value.span(),
                "with `retry = 0` no call is repeated; write 1 or more, or remove the option",
            )),
            _ => Ok(()),
        }
    }

    /// Whether an `async fn` of one event type is awaited in its place; `changes` is whether it takes `&mut`. A durable one is
    /// awaited by what delivers to it.
    pub(in crate::subscriber) fn is_awaited(&self, changes: bool) -> bool {
        changes || self.awaited.is_set() || self.durable.is_set()
    }

    /// The `CallPolicies` of the subscriber, if it has some or a limit of concurrent calls.
    ///
    /// The values are checked by constant items, which the compiler evaluates also where it does not generate code, and
    /// which no other code uses: a wrong value is then one error, at the value.
    pub(in crate::subscriber) fn policies(
        &self,
        core: &Path,
        per_key: bool,
    ) -> Option<TokenStream> {
        let has_policies = per_key
            || self.concurrency.is_set()
            || self.timeout.is_set()
            || self.retry.is_set()
            || self.debounce.is_set();
        if !has_policies {
            return None;
        }
        let mut checks = TokenStream::new();
        let mut policies = quote!(#core::__private::CallPolicies::NONE);
        if per_key {
            policies.extend(quote!(.per_key()));
        }
        for (method, name, value) in [
            ("timeout", "__TIMEOUT", &self.timeout),
            ("debounce", "__DEBOUNCE", &self.debounce),
        ] {
            if let Some(value) = value.value() {
                let span = mixed_site_at(value.span());
                let [method, name] = [method, name].map(|it| Ident::new(it, span));
                let core = located_at(core, span);
                checks.extend(quote_spanned! {span=>
                    const #name: #core::__private::Duration = #value;
                    const _: #core::__private::CallPolicies =
                        #core::__private::CallPolicies::#method(#core::__private::CallPolicies::NONE, #name);
                });
                policies.extend(quote_spanned!(span=> .#method(#name)));
            }
        }
        if let Some(retry) = self.retry.value() {
            let span = mixed_site_at(retry.span());
            let core = located_at(core, span);
            checks.extend(quote_spanned!(span=> const _: () = #core::__private::evaluate(#retry);));
            policies.extend(quote_spanned!(span=> .retry(#retry)));
        }
        Some(quote!({ #checks #policies }))
    }

    /// The `SubscriberOptions` of the subscriber. The signature of the function determines `changes`, and whether it is
    /// `awaited` or `asynchronous`.
    pub(in crate::subscriber) fn tokens(
        &self,
        core: &Path,
        changes: bool,
        [awaited, asynchronous]: [bool; 2],
    ) -> TokenStream {
        let priority = match self.priority.value() {
            Some(priority) => quote!(#priority),
            None => quote!(0),
        };
        let (once, deferred) = (self.once.is_set(), self.deferred.is_set());
        let optional = self.optional.is_set();
        let concurrency = match self.concurrency.value() {
            Some(limit) => {
                let span = mixed_site_at(limit.span());
                let core = located_at(core, span);
                quote_spanned!(span=> #core::__private::at_once(#limit))
            }
            None => quote!(0),
        };
        let delay = match self.delay.value() {
            Some(delay) => {
                let span = mixed_site_at(delay.span());
                let core = located_at(core, span);
                quote_spanned!(span=> #core::__private::delay(#delay))
            }
            None => quote!(#core::__private::None),
        };
        let unit_phase = match &self.unit_phase {
            Some(phase) => phase.tokens(core),
            None => quote!(#core::__private::None),
        };
        quote_spanned! {Span::mixed_site()=>
            #core::__private::SubscriberOptions {
                priority: #priority,
                changes: #changes,
                once: #once,
                awaited: #awaited,
                asynchronous: #asynchronous,
                deferred: #deferred,
                concurrency: #concurrency,
                optional: #optional,
                delay: #delay,
                unit_phase: #unit_phase,
            }
        }
    }
}

fn is_zero(value: &Expr) -> bool {
    matches!(value, Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if number.base10_digits() == "0")
}

/// A number of repetitions, or a `Retry`. Only literals are checked here.
fn retries(value: Expr) -> Result<Expr> {
    let number = match &value {
        Expr::Unary(negated) => &*negated.expr,
        value => value,
    };
    if let Expr::Lit(ExprLit { lit, .. }) = number {
        let text = match lit {
            Lit::Int(number) if matches!(value, Expr::Unary(_)) => format!(
                "a call cannot be repeated less than 0 times; write `retry = {}`",
                number.base10_digits()
            ),
            Lit::Int(_) => return Ok(value),
            _ => String::from(
                "`retry` accepts how often a failed call is repeated, `retry = 3`, or a `Retry`, \
                 `retry = Retry::exponential(first, longest)`",
            ),
        };
        return Err(Error::new(value.span(), text));
    }
    Ok(value)
}

/// The id of a durable subscriber: a text that is not empty, in one line, without spaces around it.
fn durable_id(value: Expr) -> Result<LitStr> {
    let Expr::Lit(ExprLit {
        lit: Lit::Str(id), ..
    }) = value
    else {
        let text = "`durable` accepts a text, which names the subscriber in the database for good: \
                    `durable = \"mail.confirm\"`";
        return Err(Error::new(value.span(), text));
    };
    let text = id.value();
    if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
        let text = "the id names the subscriber in the database for good: write a text without spaces around it and \
                    without control characters, such as `durable = \"mail.confirm\"`";
        return Err(Error::new(id.span(), text));
    }
    Ok(id)
}

/// A concurrency limit, which is at least 1. Only literals are checked here.
fn positive(value: Expr) -> Result<Expr> {
    if is_zero(&value) {
        let text = "with `concurrency = 0` the subscriber would never run; write 1 or more, or \
                    remove the option for no limit";
        return Err(Error::new(value.span(), text));
    }
    Ok(value)
}

/// The option as an event type: a path with several segments, or a name that starts with an upper-case
/// letter.
fn event_type(option: &RawOption) -> Option<Type> {
    if let Some(ty) = &option.ty {
        return Some(ty.clone());
    }
    let name = option.name.unraw().to_string();
    let is_type = option.value.is_none() && name.starts_with(char::is_uppercase);
    is_type.then(|| {
        let name = &option.name;
        parse_quote!(#name)
    })
}
