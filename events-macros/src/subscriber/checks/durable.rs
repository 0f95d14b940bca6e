//! Checks a durable subscriber: it receives events from a store, one by one, and takes part in no emit.

use syn::{Error, Signature, TypeReference, spanned::Spanned};

use super::signature::{TIMEOUT_OF_SYNC, borrows};
use crate::{subscriber::options::SubscriberArgs, syntax::errors::Errors};

/// Checks the signature of a durable subscriber, and that it has no option of an emit.
pub(in crate::subscriber) fn check_durable(
    signature: &Signature,
    event: &TypeReference,
    args: &SubscriberArgs,
    errors: &mut Errors,
) {
    let options = &args.options;
    for (name, span, reason) in [
        (
            "once",
            options.once.span(),
            "is called with each stored event until it succeeds",
        ),
        ("awaited", options.awaited.span(), "is always awaited"),
        (
            "deferred",
            options.deferred.span(),
            "runs when its event is delivered from the store",
        ),
        (
            "delay",
            options.delay.span(),
            "runs when its event is due: store it with `emit_at`",
        ),
        (
            "debounce",
            options.debounce.span(),
            "receives each stored event",
        ),
        (
            "concurrency",
            options.concurrency.span(),
            "is called by workers, whose number is set where they are started",
        ),
        (
            "origin",
            args.origin.span(),
            "receives events from a store, which has no origin",
        ),
    ] {
        if let Some(span) = span {
            let text = format!("a durable subscriber {reason}; remove `{name}`, or `durable`");
            errors.push(Error::new(span, text));
        }
    }
    if let Some(phase) = &options.unit_phase {
        let name = phase.name();
        let text = format!(
            "a durable subscriber runs when its event is delivered from the store, after the commit; remove `{name}`, or \
             `durable`"
        );
        errors.push(Error::new(name.span(), text));
    }
    for span in [options.priority.span(), args.order.span()]
        .into_iter()
        .flatten()
    {
        let text = "a durable subscriber is delivered to by itself, so it has no order among the others; remove this \
                    option, or `durable`";
        errors.push(Error::new(span, text));
    }
    if let Some(span) = args.per_key.span() {
        let text = "the key is that of the stored event, `#[durable(key = ..)]` of its type; write `per_key` without a \
                    function";
        errors.push(Error::new(span, text));
    }
    if let (Some(span), None) = (options.timeout.span(), &signature.asyncness) {
        errors.push(Error::new(span, TIMEOUT_OF_SYNC));
    }
    if let Some(mutability) = &event.mutability {
        let text = "a durable subscriber receives the stored event, and its change would be lost; write `&` in place of \
                    `&mut`";
        errors.push(Error::new(mutability.span(), text));
    }
    if borrows(&event.elem) {
        let text = "a durable subscriber receives events from a store, and this event borrows; store owned values in it";
        errors.push(Error::new(event.elem.span(), text));
    }
}
