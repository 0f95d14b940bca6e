//! The options that order a subscriber relative to others: `before`, `after` and their forms `_if_present`.

use proc_macro2::{Ident, Span};
use syn::{Error, Expr, ExprLit, Lit, Result, ext::IdentExt, parse::Parser};

use crate::syntax::options::SetOnce;

/// A target of `before`, `after` or one of their forms `_if_present`.
pub(crate) struct OrderTarget {
    pub(in crate::subscriber) path: Expr,
    /// Whether the target has to be subscribed.
    pub(in crate::subscriber) is_required: bool,
}

/// The options that order the subscriber relative to others.
#[derive(Default)]
pub(in crate::subscriber) struct OrderArgs {
    pub(super) before: SetOnce<Expr>,
    pub(super) after: SetOnce<Expr>,
    pub(super) before_if_present: SetOnce<Expr>,
    pub(super) after_if_present: SetOnce<Expr>,
}

impl OrderArgs {
    /// Where the first of them is given.
    pub(in crate::subscriber) fn span(&self) -> Option<Span> {
        let all = [
            &self.before,
            &self.after,
            &self.before_if_present,
            &self.after_if_present,
        ];
        all.into_iter().find_map(SetOnce::span)
    }

    /// The targets before which it runs, and those after which it runs.
    pub(in crate::subscriber) fn into_targets(self) -> [Vec<OrderTarget>; 2] {
        let join = |required: SetOnce<Expr>, if_present: SetOnce<Expr>| {
            let target = |is_required| move |path| OrderTarget { path, is_required };
            let required = targets(required.into_value()).into_iter();
            let if_present = targets(if_present.into_value()).into_iter();
            let required = required.map(target(true));
            required.chain(if_present.map(target(false))).collect()
        };
        [
            join(self.before, self.before_if_present),
            join(self.after, self.after_if_present),
        ]
    }
}

/// Checks the targets that are texts: each is the path of a subscriber. A listener may also be added at run time, so
/// one of its methods may name the id of a run-time subscriber.
pub(super) fn check_target_paths(name: &Ident, value: Expr, is_method: bool) -> Result<Expr> {
    let is_valid = |text: &str| is_path(text) || (is_method && is_id(text));
    check_texts(value, is_valid, || {
        format!(
            "`{name}` accepts a function, `{name} = audit`, or the path of a subscriber as the report of a \
             scan prints it, `{name} = \"my_crate::my_module::audit\"`"
        )
    })
}

/// Checks the targets of `before_if_present` and `after_if_present` that are texts: each is an id, or the path of a
/// subscriber.
pub(super) fn check_target_texts(name: &Ident, value: Expr) -> Result<Expr> {
    check_texts(
        value,
        |text| is_path(text) || is_id(text),
        || {
            format!(
                "`{name}` accepts a function, `{name} = audit`, the id of a subscriber, `{name} = \"metrics\"`, or \
                 the path of one as the report of a scan prints it, `{name} = \"my_crate::my_module::audit\"`"
            )
        },
    )
}

/// Checks each target that is a text.
fn check_texts(
    value: Expr,
    is_valid: impl Fn(&str) -> bool,
    error: impl Fn() -> String,
) -> Result<Expr> {
    for target in &targets(Some(value.clone())) {
        if let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = target
            && !is_valid(&text.value())
        {
            return Err(Error::new(text.span(), error()));
        }
    }
    Ok(value)
}

/// Whether it is a path of at least two names, apart from generic arguments.
fn is_path(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut names = String::new();
    for character in text.chars() {
        match character {
            '<' => depth += 1,
            '>' if depth == 0 => return false,
            '>' => depth -= 1,
            _ if depth == 0 => names.push(character),
            _ => {}
        }
    }
    let is_name = |name: &str| {
        let is_trimmed = name.trim() == name;
        is_trimmed && Ident::parse_any.parse_str(name).is_ok()
    };
    depth == 0 && names.contains("::") && names.split("::").all(is_name)
}

/// Whether it may be an id, and is not a path with an error.
fn is_id(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains("::")
}

/// The targets of `before = audit` or `before = [audit, charge]`.
fn targets(value: Option<Expr>) -> Vec<Expr> {
    match value {
        Some(Expr::Array(array)) => array.elems.into_iter().collect(),
        Some(target) => vec![target],
        None => Vec::new(),
    }
}
