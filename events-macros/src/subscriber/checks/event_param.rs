//! The event parameter of a subscriber: the first one, a reference to the type of the event.

use syn::{
    Error, FnArg, GenericArgument, Pat, PatType, PathArguments, Result, Signature, Type,
    TypeReference, spanned::Spanned,
};

use super::types::{generic_error, impl_trait_span, last_segment};
use crate::syntax::{spans::type_name_span, text::type_text::source_text};

/// The type of the event parameter, which is the first parameter and a reference.
pub(in crate::subscriber) fn event_reference(
    signature: &Signature,
    is_method: bool,
) -> Result<TypeReference> {
    let rule = if is_method {
        "the first parameter of a handler after `&self` is its event"
    } else {
        "the first parameter of a subscriber is its event"
    };
    let no_event = format!("{rule}: write `event: &MyEvent` or `event: &mut MyEvent`");
    let input = match signature.inputs.first() {
        None => return Err(Error::new(signature.paren_token.span.join(), no_event)),
        Some(FnArg::Receiver(receiver)) => {
            let text = "`#[subscriber]` belongs on a free function, because there is no `self` to call a \
                        method on; put `#[listener]` on the impl block and write `#[on]` here, or move the \
                        function out and add a parameter `State<'_, T>` for what it needs";
            return Err(Error::new(receiver.self_token.span, text));
        }
        Some(FnArg::Typed(input)) => input,
    };
    let second = event_after_first(signature);
    if is_param_after_event(&input.ty, second.is_some()) {
        let text = match second {
            None => format!("{no_event} before this parameter"),
            Some(event) => {
                let (name, ty) = (name_of(event), source_text(&event.ty));
                format!("{rule}; move `{name}: {ty}` before this parameter")
            }
        };
        return Err(Error::new(type_name_span(&input.ty), text));
    }
    match &*input.ty {
        Type::Reference(reference) => Ok(reference.clone()),
        ty => {
            if let Some(span) = impl_trait_span(ty) {
                return Err(generic_error(span));
            }
            let name = source_text(pointee(ty).unwrap_or(ty));
            let text = format!(
                "a subscriber receives its event by reference: write `&{name}` to read it or \
                 `&mut {name}` to change it"
            );
            Err(Error::new(ty.span(), text))
        }
    }
}

/// The first of the further parameters that can only be an event: a reference, but not `&Emission`.
fn event_after_first(signature: &Signature) -> Option<&PatType> {
    let typed = signature
        .inputs
        .iter()
        .skip(1)
        .filter_map(|input| match input {
            FnArg::Typed(input) => Some(input),
            FnArg::Receiver(_) => None,
        });
    typed
        .filter(|input| !is_emission(&input.ty))
        .find(|input| matches!(*input.ty, Type::Reference(_)))
}

/// Whether the type is that of a parameter after the event: `State<'_, T>`, and, if another parameter is the
/// event, a reference to it or to an `Emission`. An event may have the name of one of them.
fn is_param_after_event(ty: &Type, has_event: bool) -> bool {
    let is_state = |ty: &Type| {
        last_segment(ty).is_some_and(|last| last.ident == "State" && !last.arguments.is_none())
    };
    match ty {
        Type::Reference(reference) => has_event && (is_emission(ty) || is_state(&reference.elem)),
        ty => is_state(ty),
    }
}

/// Whether the type is written `&Emission`.
fn is_emission(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => {
            last_segment(&reference.elem).is_some_and(|last| last.ident == "Emission")
        }
        _ => false,
    }
}

/// The name of a parameter, or `event` if it has none.
fn name_of(input: &PatType) -> String {
    match &*input.pat {
        Pat::Ident(pat) => pat.ident.to_string(),
        _ => "event".to_owned(),
    }
}

/// The type that a `Box`, `Rc` or `Arc` points to, if the type is written as one of these.
pub(in crate::subscriber) fn pointee(ty: &Type) -> Option<&Type> {
    let last = last_segment(ty)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let is_pointer = ["Box", "Rc", "Arc"].iter().any(|name| last.ident == name);
    match arguments.args.first()? {
        GenericArgument::Type(inner) if is_pointer && arguments.args.len() == 1 => {
            Some(pointee(inner).unwrap_or(inner))
        }
        _ => None,
    }
}

/// Whether the event parameter is `&dyn AnyEvent`, perhaps in parentheses.
pub(in crate::subscriber) fn takes_any_event(event: &TypeReference) -> bool {
    let mut ty = &*event.elem;
    while let Type::Paren(paren) = ty {
        ty = &paren.elem;
    }
    matches!(ty, Type::TraitObject(_))
}

/// Whether the type is written `EventCopy`, perhaps with a path. An event may have that name.
pub(in crate::subscriber) fn is_event_copy(ty: &Type) -> bool {
    let mut ty = ty;
    while let Type::Paren(paren) = ty {
        ty = &paren.elem;
    }
    last_segment(ty).is_some_and(|last| last.ident == "EventCopy" && last.arguments.is_none())
}

/// Whether the type is written `EventCopy` and not with a path of the user's crate, as an event with that name may be:
/// `self::EventCopy`.
pub(in crate::subscriber) fn is_event_copy_of_this_crate(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let first = path.path.segments.first();
    let is_of_user = first.is_some_and(|first| {
        ["self", "super", "crate"]
            .iter()
            .any(|name| first.ident == name)
    });
    is_event_copy(ty) && !is_of_user
}

/// Whether this may be an event of a model: it has the name of one, and one type argument.
pub(in crate::subscriber) fn is_record_event(ty: &Type) -> bool {
    const NAMES: [&str; 6] = [
        "Creating", "Created", "Updating", "Updated", "Deleting", "Deleted",
    ];
    last_segment(ty).is_some_and(|segment| {
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
            return false;
        };
        let is_type = |argument: &GenericArgument| matches!(argument, GenericArgument::Type(_));
        NAMES.iter().any(|name| segment.ident == name)
            && arguments.args.len() == 1
            && arguments.args.iter().all(is_type)
    })
}
