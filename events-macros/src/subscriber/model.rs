//! The model of a subscriber: a function, or a method of a listener. Every error of the attribute is
//! created here, in `checks` or in `options`.

use proc_macro2::TokenStream;
use syn::{
    Attribute, Error, Expr, FnArg, Ident, Path, Result, ReturnType, Signature, Type,
    spanned::Spanned,
};

use super::{
    checks::{
        durable::check_durable,
        event_param::{event_reference, takes_any_event},
        predicate::check_when,
        signature::{check_background, check_selector, check_signature, check_unit_phase},
    },
    method::Method,
    options::{OrderTarget, PlainOptions, SubscriberArgs, TopicPattern},
};
use crate::syntax::{
    attributes::{cfg_attributes, find_macro, lint_attributes},
    errors::Errors,
    function::Function,
    options::{Options, core_path},
};

/// A function or method that subscribes to an event.
pub(crate) struct Subscriber {
    pub(crate) core: Path,
    pub(crate) ident: Ident,
    /// The listener's side, if it is a method.
    pub(crate) method: Option<Method>,
    pub(crate) cfgs: Vec<Attribute>,
    /// The attributes by which generated code allows what the function allows.
    pub(crate) lints: Vec<Attribute>,
    pub(crate) signature: Signature,
    /// The event's type, without the reference.
    pub(crate) event: Type,
    pub(super) selector: EventSelector,
    /// Whether it takes the event as `&mut`.
    pub(crate) mutates: bool,
    /// The types of the parameters after the event.
    pub(crate) params: Vec<Type>,
    pub(crate) return_type: Option<Type>,
    /// The options that are plain values.
    pub(super) options: PlainOptions,
    pub(crate) when: Option<Expr>,
    pub(crate) origin: Option<Expr>,
    pub(super) per_key: Option<Expr>,
    /// Whether a durable subscriber has one call at a time for each key of its events.
    pub(super) has_key_of_event: bool,
    pub(crate) before: Vec<OrderTarget>,
    pub(crate) after: Vec<OrderTarget>,
}

/// The events that a subscriber receives.
pub(super) enum EventSelector {
    /// Events of the parameter's type.
    Parameter,
    /// Events of the listed types.
    Types(Vec<Type>),
    /// Events whose topic matches the pattern.
    Topic(TopicPattern),
}

const NOT_A_FUNCTION: &str =
    "`#[subscriber]` belongs on a function; move it to `fn name(event: &MyEvent) { .. }`";

impl Subscriber {
    pub(crate) fn parse(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let options = errors.record(Options::parse_tokens(options));
        let args = options.map(|Options(raw)| SubscriberArgs::new(raw, false, &mut errors));
        let function = errors.record(Function::parse(item, NOT_A_FUNCTION));
        let attrs = function
            .as_ref()
            .map_or(&[][..], |function| &function.attrs);
        if let Some(second) = find_macro(attrs, &["subscriber"]) {
            let text = "`#[subscriber]` is given twice; write all options into one, or another \
                        function that calls this one";
            errors.push(Error::new(second.span(), text));
        }
        let subscriber = Self::new(args, function, None, &mut errors);
        let subscriber = errors.require(subscriber)?;
        errors.finish(subscriber)
    }

    /// A method of a listener; `function` is the method without its receiver.
    pub(crate) fn parse_method(
        options: TokenStream,
        function: Function,
        method: Method,
        errors: &mut Errors,
    ) -> Option<Self> {
        let options = errors.record(Options::parse_tokens(options));
        let args = options.map(|Options(raw)| SubscriberArgs::new(raw, true, errors));
        Self::new(args, Some(function), Some(method), errors)
    }

    fn new(
        args: Option<SubscriberArgs>,
        function: Option<Function>,
        method: Option<Method>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let Function {
            attrs, signature, ..
        } = function?;
        let event = errors.record(event_reference(&signature, method.is_some()));
        let (args, event) = (args?, event?);
        check_signature(&signature, errors);
        if args.options.durable.is_set() {
            check_durable(&signature, &event, &args, errors);
        } else {
            check_background(&signature, &event, &args, errors);
            check_unit_phase(&signature, &event, &args, errors);
        }
        check_selector(&signature, &event, &args, method.as_ref(), errors);
        if let Some(when) = args.when.value() {
            let is_of_any_event =
                takes_any_event(&event) || args.has_topic || !args.event_types.is_empty();
            check_when(when, &signature, &event, is_of_any_event, errors);
        }
        let without_self = |ty: &Type| match &method {
            Some(method) => method.without_self(ty),
            None => ty.clone(),
        };
        let params = signature
            .inputs
            .iter()
            .skip(1)
            .filter_map(|input| match input {
                FnArg::Typed(input) => Some(without_self(&input.ty)),
                FnArg::Receiver(_) => None,
            });
        let params = params.collect();
        let selector = match args.topic.into_value() {
            Some(pattern) => EventSelector::Topic(pattern),
            None if takes_any_event(&event) || !args.event_types.is_empty() => {
                EventSelector::Types(args.event_types.iter().map(without_self).collect())
            }
            None => EventSelector::Parameter,
        };
        let [before, after] = args.order.into_targets();
        Some(Self {
            core: match &method {
                Some(method) => method.core.clone(),
                None => core_path(args.core.into_value()),
            },
            ident: signature.ident.clone(),
            cfgs: cfg_attributes(&attrs),
            lints: lint_attributes(&attrs),
            mutates: event.mutability.is_some(),
            params,
            return_type: match &signature.output {
                ReturnType::Default => None,
                ReturnType::Type(_, ty) => Some((**ty).clone()),
            },
            event: without_self(&event.elem),
            selector,
            method,
            options: args.options,
            when: args.when.into_value(),
            origin: args.origin.into_value(),
            per_key: args.per_key.into_value(),
            has_key_of_event: args.key_of_event.is_set(),
            before,
            after,
            signature,
        })
    }

    /// Whether it is an `async fn`.
    pub(crate) fn is_async(&self) -> bool {
        self.signature.asyncness.is_some()
    }

    /// Whether its return type is `!`. A call of it converts into any type, and a lint reports code after it.
    pub(crate) fn never_returns(&self) -> bool {
        matches!(self.return_type, Some(Type::Never(_)))
    }

    /// Whether it receives events of any type that it selects, and not of the type of its parameter.
    pub(super) fn selects(&self) -> bool {
        !matches!(self.selector, EventSelector::Parameter)
    }

    /// Whether it is awaited in its place among the sync subscribers.
    pub(crate) fn is_awaited(&self) -> bool {
        let is_durable = self.options.durable.is_set();
        self.is_async() && self.options.is_awaited(self.mutates) && !(is_durable && self.selects())
    }

    /// Whether it is async or deferred. Unless it is awaited, it runs after the emit, with a copy of the event.
    pub(crate) fn is_async_or_deferred(&self) -> bool {
        self.is_async() || self.options.deferred.is_set()
    }
}
