//! The options that are durations, and the duration that a literal without a unit probably stands for.

use syn::{Error, Expr, ExprLit, Lit, Result, spanned::Spanned};

/// A duration as the example of an option.
pub(super) const DURATION: &str = "Duration::from_secs(60)";

/// A duration: not a number, of which nothing says whether it is seconds or milliseconds. Other types are errors of the
/// compiler, and so are values that it cannot compute.
pub(super) fn duration(name: &str, value: Expr) -> Result<Expr> {
    let number = match &value {
        Expr::Unary(negated) => &*negated.expr,
        value => value,
    };
    if let Expr::Lit(ExprLit { lit, .. }) = number {
        let is_negative = matches!(value, Expr::Unary(_));
        let meant = (!is_negative).then(|| meant_duration(name, lit)).flatten();
        let example = meant.unwrap_or_else(|| match name {
            "debounce" => "Duration::from_millis(100)".to_owned(),
            _ => DURATION.to_owned(),
        });
        let text =
            format!("`{name}` accepts a `Duration`, with a unit; write `{name} = {example}`");
        return Err(Error::new(value.span(), text));
    }
    Ok(value)
}

/// The duration that a literal probably stands for, as an expression: `5`, `2.5`, `"300ms"`. A whole number is one of
/// milliseconds for `debounce`, and else of seconds.
fn meant_duration(name: &str, literal: &Lit) -> Option<String> {
    let text = match literal {
        Lit::Int(number) => number.base10_digits().to_owned(),
        Lit::Float(number) => number.base10_digits().to_owned(),
        Lit::Str(text) => text.value(),
        _ => return None,
    };
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let number: f64 = number.parse().ok()?;
    let factor = match (unit.trim(), literal) {
        ("ms", _) => 1.0,
        ("", Lit::Int(_)) if name == "debounce" => 1.0,
        ("s" | "sec" | "", _) => 1000.0,
        ("m" | "min", _) => 60_000.0,
        ("h", _) => 3_600_000.0,
        _ => return None,
    };
    let millis = (number * factor).round();
    if !(1.0..1e15).contains(&millis) {
        return None;
    }
    Some(if factor > 1.0 && millis % 1000.0 == 0.0 {
        format!("Duration::from_secs({})", millis / 1000.0)
    } else {
        format!("Duration::from_millis({millis})")
    })
}
