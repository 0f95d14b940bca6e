//! The options of a subscriber, as they were chosen.

use syn::{Error, Expr, ExprLit, Lit, LitStr, Path, Result, Type, ext::IdentExt, parse_quote};

use crate::options::{Errors, Once, Written};

const OPTIONS: &[&str] = &[
    "priority",
    "when",
    "origin",
    "once",
    "before",
    "after",
    "deferred",
    "concurrency",
    "topic",
];

/// The options of a subscriber.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) priority: Once<Expr>,
    pub(super) when: Once<Expr>,
    pub(super) origin: Once<Expr>,
    pub(super) once: Once<()>,
    pub(super) before: Once<Expr>,
    pub(super) after: Once<Expr>,
    pub(super) deferred: Once<()>,
    pub(super) concurrency: Once<Expr>,
    pub(super) topic: Once<LitStr>,
    pub(super) core: Once<Path>,
    /// The types of events that it hears.
    pub(super) events: Vec<Type>,
    /// Whether a topic is written, right or wrong.
    pub(super) names_topic: bool,
}

impl Chosen {
    pub(super) fn of(written: Vec<Written>, of_method: bool, errors: &mut Errors) -> Self {
        let mut chosen = Self::default();
        for option in written {
            let name = option.name.clone();
            if let Some(event) = event(&option) {
                chosen.events.push(event);
                continue;
            }
            chosen.names_topic |= name == "topic";
            let set = match name.to_string().as_str() {
                "priority" => option
                    .expr("10")
                    .and_then(|value| chosen.priority.set(&name, value)),
                "when" => option
                    .expr("|event: &MyEvent| ..")
                    .and_then(|value| chosen.when.set(&name, value)),
                "origin" => option
                    .expr("checkout")
                    .and_then(|value| chosen.origin.set(&name, value)),
                "once" => option.flag().and_then(|()| chosen.once.set(&name, ())),
                "before" => option
                    .expr("audit")
                    .and_then(|value| chosen.before.set(&name, value)),
                "after" => option
                    .expr("audit")
                    .and_then(|value| chosen.after.set(&name, value)),
                "deferred" => option.flag().and_then(|()| chosen.deferred.set(&name, ())),
                "concurrency" => option
                    .expr("1")
                    .and_then(at_once)
                    .and_then(|value| chosen.concurrency.set(&name, value)),
                "topic" => option
                    .text("\"shop::orders::.*\"")
                    .and_then(pattern)
                    .and_then(|value| chosen.topic.set(&name, value)),
                "crate" if !of_method => option
                    .path("my_framework::events")
                    .and_then(|value| chosen.core.set(&name, value)),
                _ if of_method => Err(option.unknown("`#[on(..)]`", OPTIONS)),
                _ => {
                    let known = [OPTIONS, &["crate"]].concat();
                    Err(option.unknown("`#[subscriber(..)]`", &known))
                }
            };
            errors.note(set);
        }
        chosen
    }
}

/// How many calls may be under way at once: any, but not none.
fn at_once(value: Expr) -> Result<Expr> {
    if let Expr::Lit(ExprLit {
        lit: Lit::Int(number),
        ..
    }) = &value
        && number.base10_digits() == "0"
    {
        let text = "with `concurrency` 0 the subscriber would never run; write 1 or more, or \
                    remove the option for as many as come";
        return Err(Error::new(number.span(), text));
    }
    Ok(value)
}

/// `before = audit` or `before = [audit, charge]`.
pub(super) fn targets(value: Option<Expr>) -> Vec<Expr> {
    match value {
        Some(Expr::Array(array)) => array.elems.into_iter().collect(),
        Some(target) => vec![target],
        None => Vec::new(),
    }
}

/// The type of an event, if this is one: a path of several parts, or a name in the case of types.
fn event(option: &Written) -> Option<Type> {
    if let Some(event) = &option.ty {
        return Some(event.clone());
    }
    let name = option.name.unraw().to_string();
    let is_type = option.value.is_none() && name.starts_with(char::is_uppercase);
    is_type.then(|| {
        let name = &option.name;
        parse_quote!(#name)
    })
}

/// The pattern of topics, when it is a regular expression.
fn pattern(text: LitStr) -> Result<LitStr> {
    match regex_syntax::Parser::new().parse(&text.value()) {
        Ok(_) => Ok(text),
        Err(error) => {
            let error = format!("this pattern of topics is no regular expression; {error}");
            Err(Error::new(text.span(), error))
        }
    }
}
