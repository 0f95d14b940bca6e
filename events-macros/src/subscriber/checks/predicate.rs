//! The option `when`: a closure, or an expression whose value is a function.

use syn::{
    Error, Expr, ExprPath, FnArg, Ident, Pat, Signature, Type, TypeReference, UnOp,
    spanned::Spanned,
    visit_mut::{VisitMut, visit_expr_mut},
};

use super::event_param::is_event_copy;
use crate::syntax::{errors::Errors, text::type_text::source_text};

/// Checks that `when` is not a condition on the function's own parameters.
pub(in crate::subscriber) fn check_when(
    when: &Expr,
    signature: &Signature,
    event: &TypeReference,
    is_of_any_event: bool,
    errors: &mut Errors,
) {
    if let Some(copy) = closure_param(when).filter(|_| is_of_any_event)
        && let Type::Reference(reference) = copy
        && is_event_copy(&reference.elem)
    {
        let text = "`when` is evaluated before the event is copied; write `&dyn AnyEvent`";
        return errors.push(Error::new(copy.span(), text));
    }
    let Some(FnArg::Typed(input)) = signature.inputs.first() else {
        return;
    };
    let name = match &*input.pat {
        Pat::Ident(pat) => Some(&pat.ident),
        _ => None,
    };
    // A name alone may be that of a function.
    let uses_event = !matches!(when, Expr::Path(_))
        && name.is_some_and(|name| {
            let mut uses = Uses { name, found: false };
            uses.visit_expr_mut(&mut when.clone());
            uses.found
        });
    if !uses_event && !is_value(when) {
        return;
    }
    let ty = if is_of_any_event {
        "dyn AnyEvent".to_owned()
    } else {
        source_text(&event.elem)
    };
    let name = name
        .map(Ident::to_string)
        .filter(|name| !name.starts_with('_'))
        .unwrap_or_else(|| "event".to_owned());
    let text = format!(
        "`when` accepts a function that decides about an event; write a closure, `when = |{name}: &{ty}| ..`, \
         or the path of a function"
    );
    errors.push(Error::new_spanned(when, text));
}

/// The type of the parameter of a closure, if it is written.
fn closure_param(when: &Expr) -> Option<&Type> {
    let Expr::Closure(closure) = when else {
        return None;
    };
    match closure.inputs.first()? {
        Pat::Type(param) => Some(&param.ty),
        _ => None,
    }
}

/// Whether the value of the expression is never a function.
fn is_value(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_value(&paren.expr),
        Expr::Group(group) => is_value(&group.expr),
        Expr::Unary(unary) => !matches!(unary.op, UnOp::Deref(_)),
        Expr::Macro(call) => call.mac.path.is_ident("matches"),
        Expr::Binary(_) | Expr::Lit(_) | Expr::Let(_) => true,
        _ => false,
    }
}

/// Finds a variable outside of closures and blocks.
struct Uses<'n> {
    name: &'n Ident,
    found: bool,
}

impl VisitMut for Uses<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Closure(_) | Expr::Block(_) => {}
            Expr::Path(ExprPath { path, .. }) => self.found |= path.is_ident(self.name),
            expr => visit_expr_mut(self, expr),
        }
    }
}
