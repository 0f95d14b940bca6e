//! Checks the signature of a subscriber: what it contains, and whether it agrees with the options.

use syn::{
    Error, FnArg, GenericArgument, GenericParam, Lifetime, PathArguments, Safety, Signature, Type,
    TypeReference, spanned::Spanned,
};

use super::{
    event_param::{is_event_copy, is_event_copy_of_this_crate, takes_any_event},
    types::{generic_error, impl_trait_span, last_segment},
};
use crate::{
    subscriber::{method::Method, options::SubscriberArgs},
    syntax::{errors::Errors, text::type_text::source_text},
};

pub(in crate::subscriber) fn check_signature(signature: &Signature, errors: &mut Errors) {
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
        if let Some(object) = state_trait_object(&input.ty) {
            let name = source_text(object);
            let text = format!(
                "`State<'_, {name}>` has no known size, and a scan stores only values of a known size; write \
                 `State<'_, Box<{name}>>` with a trait that is `Send` and `Sync`, and provide it with \
                 `scanner().state::<Box<{name}>>(Box::new(value))`"
            );
            errors.push(Error::new_spanned(object, text));
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

/// Why a sync function has no timeout.
pub(super) const TIMEOUT_OF_SYNC: &str = "`timeout` is for async subscribers, since a sync function cannot be dropped before its end; make \
     the function async, or remove this option";

/// Checks an async or deferred function: it receives a copy of the event, after the emit, unless it is awaited.
pub(in crate::subscriber) fn check_background(
    signature: &Signature,
    event: &TypeReference,
    args: &SubscriberArgs,
    errors: &mut Errors,
) {
    let asyncness = signature.asyncness.as_ref().map(Spanned::span);
    let is_by_type = !args.has_topic && args.event_types.is_empty();
    let changes = event.mutability.is_some();
    let is_awaited = asyncness.is_some() && is_by_type && args.options.is_awaited(changes);
    check_deferred_only(args, is_awaited, errors);
    if let Some(error) = args.key_of_event.value() {
        errors.push(error.clone());
    }
    if let (Some(span), None) = (args.options.timeout.span(), asyncness) {
        errors.push(Error::new(span, TIMEOUT_OF_SYNC));
    }
    if is_awaited {
        return check_awaited(event, args, errors);
    }
    if let (Some(span), None) = (args.options.awaited.span(), asyncness) {
        let text = "`awaited` is for async functions; make the function async, or remove this option: a sync \
                    subscriber runs in its place in any case";
        errors.push(Error::new(span, text));
    }
    let Some(span) = asyncness.or(args.options.deferred.span()) else {
        if let Some(span) = args.options.concurrency.span() {
            let text = "`concurrency` is for async and deferred subscribers; make the function async, \
                        add `deferred`, or remove this option";
            errors.push(Error::new(span, text));
        }
        if let Some(span) = args.options.retry.span() {
            let text = "`retry` is for subscribers that run after the emit: if a sync one were called again inside of \
                        it, others would have changed the event meanwhile; make the function async, add `deferred`, \
                        or remove this option";
            errors.push(Error::new(span, text));
        }
        if let Some(span) = args.per_key.span() {
            let text = "`per_key` is for async and deferred subscribers; make the function async, \
                        add `deferred`, or remove this option";
            errors.push(Error::new(span, text));
        }
        return;
    };
    if borrows(&event.elem) {
        let text = if asyncness.is_some() {
            "an async subscriber outlives the emit, and this event borrows; add `awaited`, \
             make the function sync, or store owned values in the event"
        } else {
            "a deferred subscriber outlives the emit, and this event borrows; \
             remove `deferred`, or store owned values in the event"
        };
        errors.push(Error::new(span, text));
    }
    if let Some(mutability) = &event.mutability
        && is_by_type
    {
        let text = "a deferred subscriber receives a clone of the event, so it only reads it; \
                    write `&` in place of `&mut`, or remove `deferred` to change the event";
        errors.push(Error::new(mutability.span(), text));
    }
}

/// Checks the options that only deferred subscribers have.
fn check_deferred_only(args: &SubscriberArgs, is_awaited: bool, errors: &mut Errors) {
    if args.options.deferred.is_set() {
        return;
    }
    for (name, span, reason) in [
        (
            "delay",
            args.options.delay.span(),
            "the emit does not wait for them",
        ),
        (
            "debounce",
            args.options.debounce.span(),
            "an emit does not wait for further events",
        ),
    ] {
        let Some(span) = span else { continue };
        let text = if is_awaited {
            format!(
                "`{name}` is for deferred subscribers, and this one is awaited inside of the emit; remove this option"
            )
        } else {
            format!(
                "`{name}` is for deferred subscribers, since {reason}; add `deferred`, or remove this option"
            )
        };
        errors.push(Error::new(span, text));
    }
}

/// Checks an async function that is awaited in its place: one that takes `&mut`, or that has the option `awaited`.
fn check_awaited(event: &TypeReference, args: &SubscriberArgs, errors: &mut Errors) {
    let is_mut = event.mutability.is_some();
    if let Some(span) = args.options.deferred.span() {
        let text = if is_mut {
            "an async subscriber that takes `&mut` is awaited inside of the emit, so it cannot be deferred; \
             remove `deferred`, or write `&` in place of `&mut`"
        } else {
            "an awaited subscriber runs inside of the emit, and a deferred one from the queue; \
             remove `awaited` or `deferred`"
        };
        errors.push(Error::new(span, text));
    }
    if let Some(span) = args.options.retry.span() {
        let text = if is_mut {
            "`retry` is for subscribers that run after the emit, and an async one that takes `&mut` is awaited inside \
             of it: called again, it would see an event that is changed in part; remove this option, or write `&` in \
             place of `&mut`"
        } else {
            "`retry` is for subscribers that run after the emit, and this one is awaited inside of it; \
             remove `awaited` or this option"
        };
        errors.push(Error::new(span, text));
    }
    if let Some(span) = args.per_key.span() {
        let text = if is_mut {
            "`per_key` is for subscribers that run after the emit, and an async one that takes `&mut` is \
             awaited inside of it; remove this option, or write `&` in place of `&mut`"
        } else {
            "`per_key` is for subscribers that run after the emit, and this one is awaited inside of it; \
             remove `awaited` or this option"
        };
        errors.push(Error::new(span, text));
    }
    if let Some(span) = args.options.concurrency.span() {
        let text = if is_mut {
            "`concurrency` is for subscribers that run after the emit, and an async one that takes `&mut` is \
             awaited inside of it; remove this option, or write `&` in place of `&mut`"
        } else {
            "`concurrency` is for subscribers that run after the emit, and this one is awaited inside of it; \
             remove `awaited` or this option"
        };
        errors.push(Error::new(span, text));
    }
}

/// Checks when the subscriber runs in a unit of work.
pub(in crate::subscriber) fn check_unit_phase(
    signature: &Signature,
    event: &TypeReference,
    args: &SubscriberArgs,
    errors: &mut Errors,
) {
    let Some(phase) = &args.options.unit_phase else {
        return;
    };
    let name = phase.name();
    let is_by_type = !args.has_topic && args.event_types.is_empty();
    let is_awaited = is_by_type && args.options.is_awaited(event.mutability.is_some());
    let is_async = signature.asyncness.is_some() && !is_awaited;
    if !phase.holds() {
        if is_async || args.options.deferred.is_set() {
            let text = "`at_once` is for sync and awaited subscribers, since an async or deferred one always waits for \
                        the commit; remove this option, or make the subscriber a sync or awaited one";
            errors.push(Error::new(name.span(), text));
        }
    } else if borrows(&event.elem) && !is_async && args.options.deferred.span().is_none() {
        let text = format!(
            "a subscriber that has `{name}` outlives the emit, and this event borrows; remove `{name}`, or store owned \
             values in the event"
        );
        errors.push(Error::new(event.elem.span(), text));
    }
}

/// Checks a function that selects events by type or by topic.
pub(in crate::subscriber) fn check_selector(
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
        } else if !args.has_topic
            && is_event_copy_of_this_crate(&event.elem)
            && signature.asyncness.is_some()
            && args.options.is_awaited(event.mutability.is_some())
        {
            let text = "an awaited subscriber borrows events of one type; write that type in place of `EventCopy`, or \
                        select events by topic or by a list of types, and receive copies after the emit: \
                        `#[subscriber(topic = \"shop::.*\")]` with `&EventCopy`";
            errors.push(Error::new(event.elem.span(), text));
        }
        return;
    }
    if args.topic.is_set() && !args.event_types.is_empty() {
        let text =
            "a subscriber selects events by topic or by type, not by both; remove one of them";
        errors.push(Error::new(args.event_types[0].span(), text));
    }
    let asyncness = signature.asyncness.as_ref().map(Spanned::span);
    if let (Some(span), true) = (args.options.awaited.span(), asyncness.is_some()) {
        let text = "a subscriber with a topic or with a list of types is not awaited in its place; remove `awaited`, so \
                    that it runs after the sync ones, or subscribe to each type";
        errors.push(Error::new(span, text));
    }
    match asyncness.or(args.options.deferred.span()) {
        Some(_) => check_copy(event, errors),
        None => check_any_event(event, args.options.durable.is_set(), errors),
    }
}

/// Checks the event parameter of an async or deferred function with a topic or a list of types.
fn check_copy(event: &TypeReference, errors: &mut Errors) {
    if takes_any_event(event) {
        let text = "an async or deferred subscriber outlives the emit, so it receives a copy of the event; write \
                    `&EventCopy`, which has the methods of `AnyEvent`";
        errors.push(Error::new(event.span(), text));
    } else if !is_event_copy(&event.elem) {
        let text = "an async or deferred subscriber with a topic or with a list of types accepts `&EventCopy`; write \
                    that, or subscribe to this one type: `#[subscriber]`";
        errors.push(Error::new(event.elem.span(), text));
    } else if let Some(mutability) = &event.mutability {
        let text = "an `EventCopy` is read-only; write `&EventCopy`";
        errors.push(Error::new(mutability.span(), text));
    }
}

/// Checks the event parameter of a sync function with a topic or a list of types.
fn check_any_event(event: &TypeReference, is_durable: bool, errors: &mut Errors) {
    if is_event_copy(&event.elem) {
        let text = if is_durable {
            "a sync subscriber reads the event itself; write `&dyn AnyEvent`, or `async fn` to receive a copy"
        } else {
            "a sync subscriber reads the event itself; write `&dyn AnyEvent`, or add `deferred` to receive a copy"
        };
        errors.push(Error::new(event.elem.span(), text));
    } else if !takes_any_event(event) {
        let text = "a subscriber with a topic or with a list of types accepts `&dyn AnyEvent`; write that, or \
                    subscribe to this one type: `#[subscriber]`";
        errors.push(Error::new(event.elem.span(), text));
    } else if let Some(mutability) = &event.mutability {
        let text = "an `AnyEvent` is read-only; write `&dyn AnyEvent`";
        errors.push(Error::new(mutability.span(), text));
    }
}

/// The trait object in `State<'_, dyn Trait>`.
fn state_trait_object(ty: &Type) -> Option<&Type> {
    let last = last_segment(ty).filter(|last| last.ident == "State")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty @ Type::TraitObject(_)) => Some(ty),
        _ => None,
    })
}

/// Whether the type is written with a lifetime argument.
pub(super) fn borrows(ty: &Type) -> bool {
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
