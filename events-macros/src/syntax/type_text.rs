//! Types as text, for error messages and reports.

use quote::ToTokens;
use syn::Type;

/// The tokens as a programmer writes them, without the spaces that the compiler prints around `<`, `>`
/// and `::`.
pub(crate) fn source_text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    [(" < ", "<"), (" >", ">"), (" ,", ","), (" :: ", "::")]
        .iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}

/// The name of a type without its path.
pub(crate) fn type_name(ty: &Type) -> String {
    let last = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    last.map_or_else(|| source_text(ty), source_text)
}
