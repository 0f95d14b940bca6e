//! What a subscriber is: a function, or a method of a listener. Every error of the attribute is born
//! here.

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Error, Expr, FnArg, GenericArgument, GenericParam, Ident, Lifetime, LitStr, Path,
    PathArguments, Result, ReturnType, Safety, Signature, Type, TypeImplTrait, TypeReference,
    parse::{Parse, Parser},
    spanned::Spanned,
    visit_mut::VisitMut,
};

use super::chosen::{Chosen, targets};
use crate::{
    function::Function,
    listener::Method,
    options::{Errors, Options, core_path},
};

/// A function or method that subscribes to an event.
pub(crate) struct Subscriber {
    pub(crate) core: Path,
    pub(crate) ident: Ident,
    /// What makes it a method, if it is one.
    pub(crate) method: Option<Method>,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) signature: Signature,
    /// The event's type, without the reference.
    pub(crate) event: Type,
    pub(crate) hears: Hears,
    /// Whether it takes `&mut`.
    pub(crate) changes: bool,
    /// What it takes beside its event.
    pub(crate) params: Vec<Type>,
    pub(crate) returns: Option<Type>,
    pub(crate) priority: Option<Expr>,
    pub(crate) when: Option<Expr>,
    pub(crate) origin: Option<Expr>,
    pub(crate) once: bool,
    pub(crate) deferred: bool,
    pub(crate) concurrency: Option<Expr>,
    pub(crate) before: Vec<Expr>,
    pub(crate) after: Vec<Expr>,
}

/// What it listens to.
pub(crate) enum Hears {
    /// Events of the type that it takes.
    Event,
    /// Events of these types.
    Events(Vec<Type>),
    /// Events whose topic matches.
    Topic(LitStr),
}

const OTHERWISE: &str =
    "`#[subscriber]` goes on a function; move it to `fn name(event: &MyEvent) { .. }`";

impl Subscriber {
    pub(crate) fn of(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let options = errors.note(Options::parse.parse2(options));
        let options = options.map(|Options(written)| Chosen::of(written, false, &mut errors));
        let function = errors.note(Function::of(item, OTHERWISE));
        let subscriber = Self::new(options, function, None, &mut errors);
        let subscriber = errors.need(subscriber)?;
        errors.finish(subscriber)
    }

    /// A method of a listener; the function is without its receiver.
    pub(crate) fn of_method(
        options: TokenStream,
        function: Function,
        method: Method,
        errors: &mut Errors,
    ) -> Option<Self> {
        let options = errors.note(Options::parse.parse2(options));
        let options = options.map(|Options(written)| Chosen::of(written, true, errors));
        Self::new(options, Some(function), Some(method), errors)
    }

    fn new(
        chosen: Option<Chosen>,
        function: Option<Function>,
        method: Option<Method>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let Function {
            attrs, signature, ..
        } = function?;
        let event = errors.note(event_of(&signature, method.is_some()));
        let (chosen, event) = (chosen?, event?);
        check(&signature, errors);
        check_later(&signature, &event, &chosen, errors);
        check_hears(&signature, &event, &chosen, method.as_ref(), errors);
        let said = |ty: &Type| match &method {
            Some(method) => method.said(ty),
            None => ty.clone(),
        };
        let params = signature
            .inputs
            .iter()
            .skip(1)
            .filter_map(|input| match input {
                FnArg::Typed(input) => Some(said(&input.ty)),
                FnArg::Receiver(_) => None,
            });
        let params = params.collect();
        let hears = match chosen.topic.get() {
            Some(topic) => Hears::Topic(topic),
            None if is_any(&event) => Hears::Events(chosen.events.iter().map(said).collect()),
            None => Hears::Event,
        };
        Some(Self {
            core: match &method {
                Some(method) => method.core.clone(),
                None => core_path(chosen.core.get()),
            },
            ident: signature.ident.clone(),
            cfgs: attrs
                .into_iter()
                .filter(|attr| attr.path().is_ident("cfg"))
                .collect(),
            changes: event.mutability.is_some(),
            params,
            returns: match &signature.output {
                ReturnType::Default => None,
                ReturnType::Type(_, ty) => Some((**ty).clone()),
            },
            event: said(&event.elem),
            hears,
            method,
            priority: chosen.priority.get(),
            when: chosen.when.get(),
            origin: chosen.origin.get(),
            once: chosen.once.is_set(),
            deferred: chosen.deferred.is_set(),
            concurrency: chosen.concurrency.get(),
            before: targets(chosen.before.get()),
            after: targets(chosen.after.get()),
            signature,
        })
    }

    /// Whether it is an `async fn`.
    pub(crate) fn is_async(&self) -> bool {
        self.signature.asyncness.is_some()
    }

    /// Whether it runs when the emit is over, with a copy of the event.
    pub(crate) fn is_later(&self) -> bool {
        self.is_async() || self.deferred
    }
}

/// The type of the event, which comes first and by reference.
fn event_of(signature: &Signature, of_method: bool) -> Result<TypeReference> {
    let takes = if of_method {
        "a handler takes its event after `&self`: write `event: &MyEvent` or `event: &mut MyEvent`"
    } else {
        "a subscriber takes its event first: write `event: &MyEvent` or `event: &mut MyEvent`"
    };
    match signature.inputs.first() {
        None => Err(Error::new(signature.paren_token.span.join(), takes)),
        Some(FnArg::Receiver(receiver)) => Err(Error::new(
            receiver.self_token.span,
            "a subscriber is a free function, for nobody could say which `self` to call; put \
             `#[listener]` on the impl block and write `#[on]` here, or move the function out and \
             take what it needs as `State<'_, T>`",
        )),
        Some(FnArg::Typed(input)) => match &*input.ty {
            Type::Reference(reference) => Ok(reference.clone()),
            ty => {
                if let Some(span) = impl_trait(ty) {
                    return Err(generic(span));
                }
                let ty_text = quote::quote!(#ty).to_string().replace(" :: ", "::");
                let text = format!(
                    "a subscriber takes its event by reference: write `&{ty_text}` to read it or \
                     `&mut {ty_text}` to change it"
                );
                Err(Error::new(ty.span(), text))
            }
        },
    }
}

fn check(signature: &Signature, errors: &mut Errors) {
    for param in &signature.generics.params {
        match param {
            GenericParam::Lifetime(_) => {}
            GenericParam::Type(param) => errors.push(generic(param.ident.span())),
            GenericParam::Const(param) => errors.push(generic(param.ident.span())),
        }
    }
    for input in &signature.inputs {
        let FnArg::Typed(input) = input else { continue };
        if let Some(span) = impl_trait(&input.ty) {
            errors.push(generic(span));
        }
        for lifetime in kept(&input.ty) {
            let text = "a subscriber is lent this for one call; write `'_` in place of `'static`";
            errors.push(Error::new(lifetime.span(), text));
        }
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        let text = "an unsafe function cannot be a subscriber, for nobody could keep its promise; \
                    subscribe a safe function that calls it";
        errors.push(Error::new(unsafety.span, text));
    }
}

/// What a function that runs later must be like: it gets a copy of the event, when the emit is over.
fn check_later(signature: &Signature, event: &TypeReference, chosen: &Chosen, errors: &mut Errors) {
    let asyncness = signature.asyncness.as_ref().map(Spanned::span);
    let Some(place) = asyncness.or(chosen.deferred.span()) else {
        if let Some(span) = chosen.concurrency.span() {
            let text = "`concurrency` is for a subscriber that runs later; make the function async, \
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
        errors.push(Error::new(place, text));
    }
    if let Some(mutability) = &event.mutability {
        let text = if asyncness.is_some() {
            "an async subscriber runs beside others, so it only reads the event; \
             write `&` in place of `&mut`, or make the function sync to change the event"
        } else {
            "a deferred subscriber gets a copy of the event, so it only reads; \
             write `&` in place of `&mut`, or remove `deferred` to change the event"
        };
        errors.push(Error::new(mutability.span(), text));
    }
}

/// Whether it takes events of any type.
fn is_any(event: &TypeReference) -> bool {
    matches!(*event.elem, Type::TraitObject(_))
}

/// What a function must be like that hears several types of events, or a pattern of topics.
fn check_hears(
    signature: &Signature,
    event: &TypeReference,
    chosen: &Chosen,
    method: Option<&Method>,
    errors: &mut Errors,
) {
    let place = chosen
        .topic
        .span()
        .or(chosen.events.first().map(Spanned::span));
    if let Some(place) = place
        && method.is_some_and(|method| method.observed.is_some())
    {
        let text = "the name of an observer's method says which event it hears; remove this, or write a \
                    `#[listener]`";
        return errors.push(Error::new(place, text));
    }
    if place.is_none() {
        if is_any(event) && !chosen.names_topic {
            let text = "nobody says which events this hears; write `topic = \"shop::.*\"`, or the \
                        types: `#[subscriber(OrderPlaced, OrderPaid)]`";
            errors.push(Error::new(event.elem.span(), text));
        }
        return;
    }
    if chosen.topic.is_set() && !chosen.events.is_empty() {
        let text = "it hears a pattern of topics or types of events; remove one of them";
        errors.push(Error::new(chosen.events[0].span(), text));
    }
    if !is_any(event) {
        let text = "which type of event comes is not known here; take `&dyn AnyEvent`, or hear the one \
                    type alone: `#[subscriber]`";
        return errors.push(Error::new(event.elem.span(), text));
    }
    if let Some(mutability) = &event.mutability {
        let text = "an event of any type is only read; write `&dyn AnyEvent`";
        errors.push(Error::new(mutability.span(), text));
    }
    let later = signature.asyncness.as_ref().map(Spanned::span);
    if let Some(span) = later.or(chosen.deferred.span()) {
        let text = "there is no copy of an event whose type is not known, so this runs at once; make the \
                    function sync, without `deferred`, and let it hand on what it needs";
        errors.push(Error::new(span, text));
    }
}

fn generic(span: Span) -> Error {
    let text = "a subscriber cannot be generic, for it is registered once, when the program is \
                linked; write one function for each type and let them call the generic one";
    Error::new(span, text)
}

/// Where the type says `impl Trait`, if it does.
fn impl_trait(ty: &Type) -> Option<Span> {
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

/// Whether the type shows a lifetime.
fn borrows(ty: &Type) -> bool {
    lifetimes(ty).next().is_some()
}

/// The lifetimes of what is lent that say `'static`. Those deeper inside are the user's own matter.
fn kept(ty: &Type) -> impl Iterator<Item = &Lifetime> {
    let (outer, inner) = match ty {
        Type::Reference(reference) => (reference.lifetime.as_ref(), &*reference.elem),
        ty => (None, ty),
    };
    let all = outer.into_iter().chain(lifetimes(inner));
    all.filter(|lifetime| lifetime.ident == "static")
}

/// The lifetimes that a type is written with.
fn lifetimes(ty: &Type) -> impl Iterator<Item = &Lifetime> {
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
