//! The model of a subscriber: a function, or a method of a listener. Every error of the attribute is
//! created here, in `arguments` or in `topic_pattern`.

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Error, Expr, FnArg, GenericArgument, GenericParam, Ident, Lifetime, Path,
    PathArguments, Result, ReturnType, Safety, Signature, Type, TypeImplTrait, TypeReference,
    spanned::Spanned, visit_mut::VisitMut,
};

use super::{
    arguments::{PlainOptions, SubscriberArgs, targets},
    method::Method,
    topic_pattern::TopicPattern,
};
use crate::syntax::{
    attributes::{cfg_attributes, find_macro, lint_attributes},
    errors::Errors,
    function::Function,
    options::{Options, core_path},
    text::type_text::source_text,
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
    pub(crate) before: Vec<Expr>,
    pub(crate) after: Vec<Expr>,
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
        check_background(&signature, &event, &args, errors);
        check_selector(&signature, &event, &args, method.as_ref(), errors);
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
            None if takes_any_event(&event) => {
                EventSelector::Types(args.event_types.iter().map(without_self).collect())
            }
            None => EventSelector::Parameter,
        };
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
            before: targets(args.before.into_value()),
            after: targets(args.after.into_value()),
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

    /// Whether it is async or deferred: it runs after the emit, with a copy of the event.
    pub(crate) fn is_background(&self) -> bool {
        self.is_async() || self.options.deferred.is_set()
    }
}

/// The type of the event parameter, which is the first parameter and a reference.
fn event_reference(signature: &Signature, is_method: bool) -> Result<TypeReference> {
    let no_event = if is_method {
        "a handler takes its event after `&self`: write `event: &MyEvent` or `event: &mut MyEvent`"
    } else {
        "a subscriber takes its event first: write `event: &MyEvent` or `event: &mut MyEvent`"
    };
    match signature.inputs.first() {
        None => Err(Error::new(signature.paren_token.span.join(), no_event)),
        Some(FnArg::Receiver(receiver)) => Err(Error::new(
            receiver.self_token.span,
            "`#[subscriber]` belongs on a free function, because there is no `self` to call a method on; \
             put `#[listener]` on the impl block and write `#[on]` here, or move the function out and \
             take what it needs as `State<'_, T>`",
        )),
        Some(FnArg::Typed(input)) => match &*input.ty {
            Type::Reference(reference) => Ok(reference.clone()),
            ty => {
                if let Some(span) = impl_trait_span(ty) {
                    return Err(generic_error(span));
                }
                let name = source_text(ty);
                let text = format!(
                    "a subscriber takes its event by reference: write `&{name}` to read it or \
                     `&mut {name}` to change it"
                );
                Err(Error::new(ty.span(), text))
            }
        },
    }
}

fn check_signature(signature: &Signature, errors: &mut Errors) {
    for param in &signature.generics.params {
        match param {
            GenericParam::Lifetime(_) => {}
            GenericParam::Type(param) => errors.push(generic_error(param.ident.span())),
            GenericParam::Const(param) => errors.push(generic_error(param.ident.span())),
        }
    }
    for input in &signature.inputs {
        let FnArg::Typed(input) = input else { continue };
        if let Some(span) = impl_trait_span(&input.ty) {
            errors.push(generic_error(span));
        }
        for lifetime in static_lifetimes(&input.ty) {
            let text = "this is borrowed for one call only; write `'_` in place of `'static`";
            errors.push(Error::new(lifetime.span(), text));
        }
    }
    if let Some(abi) = &signature.abi
        && abi.name.as_ref().is_some_and(|name| name.value() != "Rust")
    {
        let text = "a function with another ABI does not implement `Fn`, so it cannot be registered; \
                    subscribe a function without `extern` that calls it";
        errors.push(Error::new(abi.extern_token.span, text));
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        let text = "an unsafe function cannot be a subscriber, because its safety requirements cannot be \
                    checked; subscribe a safe function that calls it";
        errors.push(Error::new(unsafety.span, text));
    }
}

/// Checks an async or deferred function: it receives a copy of the event, after the emit.
fn check_background(
    signature: &Signature,
    event: &TypeReference,
    args: &SubscriberArgs,
    errors: &mut Errors,
) {
    let asyncness = signature.asyncness.as_ref().map(Spanned::span);
    let Some(span) = asyncness.or(args.options.deferred.span()) else {
        if let Some(span) = args.options.concurrency.span() {
            let text = "`concurrency` is for async and deferred subscribers; make the function async, \
                        add `deferred`, or remove this option";
            errors.push(Error::new(span, text));
        }
        return;
    };
    if borrows(&event.elem) {
        let text = if asyncness.is_some() {
            "an async subscriber outlives the emit, and this event borrows; \
             make the function sync, or let the event own what it needs"
        } else {
            "a deferred subscriber outlives the emit, and this event borrows; \
             remove `deferred`, or let the event own what it needs"
        };
        errors.push(Error::new(span, text));
    }
    if let Some(mutability) = &event.mutability {
        let text = if asyncness.is_some() {
            "an async subscriber runs concurrently with others, so it only reads the event; \
             write `&` in place of `&mut`, or make the function sync to change the event"
        } else {
            "a deferred subscriber gets a copy of the event, so it only reads; \
             write `&` in place of `&mut`, or remove `deferred` to change the event"
        };
        errors.push(Error::new(mutability.span(), text));
    }
}

/// Whether the event parameter is `&dyn AnyEvent`, perhaps in parentheses.
fn takes_any_event(event: &TypeReference) -> bool {
    let mut ty = &*event.elem;
    while let Type::Paren(paren) = ty {
        ty = &paren.elem;
    }
    matches!(ty, Type::TraitObject(_))
}

/// Checks a function that selects events by type or by topic.
fn check_selector(
    signature: &Signature,
    event: &TypeReference,
    args: &SubscriberArgs,
    method: Option<&Method>,
    errors: &mut Errors,
) {
    let selector_span = args
        .topic
        .span()
        .or(args.event_types.first().map(Spanned::span));
    if let Some(span) = selector_span
        && method.is_some_and(|method| method.observed.is_some())
    {
        let text = "the name of an observer's method determines its event; remove this, or write a \
                    `#[listener]`";
        return errors.push(Error::new(span, text));
    }
    if selector_span.is_none() {
        if takes_any_event(event) && !args.has_topic {
            let text = "`&dyn AnyEvent` does not select any events; write `topic = \"shop::.*\"`, or list \
                        the types: `#[subscriber(OrderPlaced, OrderPaid)]`";
            errors.push(Error::new(event.elem.span(), text));
        }
        return;
    }
    if args.topic.is_set() && !args.event_types.is_empty() {
        let text =
            "a subscriber selects events by topic or by type, not by both; remove one of them";
        errors.push(Error::new(args.event_types[0].span(), text));
    }
    if !takes_any_event(event) {
        let text = "a subscriber with a topic or with a list of types takes `&dyn AnyEvent`; write that, or \
                    subscribe to this one type: `#[subscriber]`";
        return errors.push(Error::new(event.elem.span(), text));
    }
    if let Some(mutability) = &event.mutability {
        let text = "an `AnyEvent` is read-only; write `&dyn AnyEvent`";
        errors.push(Error::new(mutability.span(), text));
    }
    let asyncness = signature.asyncness.as_ref().map(Spanned::span);
    if let Some(span) = asyncness.or(args.options.deferred.span()) {
        let text = "an event of unknown type cannot be copied for an async or deferred subscriber; make \
                    the function sync, without `deferred`, and pass on the data that is needed";
        errors.push(Error::new(span, text));
    }
}

fn generic_error(span: Span) -> Error {
    let text = "a subscriber cannot be generic, because it is registered once, when the program is \
                linked; write one function for each type and let them call the generic one";
    Error::new(span, text)
}

/// The span of the first `impl Trait` in the type.
fn impl_trait_span(ty: &Type) -> Option<Span> {
    struct Find(Option<Span>);

    impl VisitMut for Find {
        fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
            self.0.get_or_insert(ty.impl_token.span);
        }
    }

    let mut find = Find(None);
    find.visit_type_mut(&mut ty.clone());
    find.0
}

/// Whether the type is written with a lifetime argument.
fn borrows(ty: &Type) -> bool {
    lifetime_arguments(ty).next().is_some()
}

/// The lifetimes `'static` of a parameter's own reference or generic arguments. Nested types may have them.
fn static_lifetimes(ty: &Type) -> impl Iterator<Item = &Lifetime> {
    let (outer, inner) = match ty {
        Type::Reference(reference) => (reference.lifetime.as_ref(), &*reference.elem),
        ty => (None, ty),
    };
    let all = outer.into_iter().chain(lifetime_arguments(inner));
    all.filter(|lifetime| lifetime.ident == "static")
}

/// The lifetime arguments of the last path segment.
fn lifetime_arguments(ty: &Type) -> impl Iterator<Item = &Lifetime> {
    let last = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let arguments = last.and_then(|segment| match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Lifetime(lifetime) => Some(lifetime),
            _ => None,
        })
}
