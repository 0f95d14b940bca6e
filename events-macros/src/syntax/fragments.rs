//! Fragments of `macro_rules!`: what `$ty:ty` or `$value:expr` has captured is a group with invisible
//! delimiters.
//!
//! The compiler ignores such delimiters in tokens that a macro writes: `$sum * 2` for the sum `1 + 2` becomes
//! `1 + 2 * 2`. They also hide a type from a model that searches for `Option<..>`. All input is therefore
//! parsed by [`parse`], which writes parentheses or braces where the delimiters have an effect, and removes
//! the delimiters. In a group that a macro passes on as it is, such as the body of a function, the compiler
//! still respects them.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    BinOp, Expr, ExprBinary, Result, Type, TypeImplTrait, TypeTraitObject,
    buffer::Cursor,
    parse::{ParseStream, Parser},
};

use super::spans::mixed_site_at;

/// Parses the tokens without fragments.
pub(crate) fn parse<T>(
    tokens: TokenStream,
    parser: impl Fn(ParseStream<'_>) -> Result<T>,
) -> Result<T> {
    enum First<T> {
        Parsed(T),
        HasFragments(TokenStream),
    }
    let first = |input: ParseStream<'_>| {
        if contains_fragment(input.cursor()) {
            input.parse().map(First::HasFragments)
        } else {
            parser(input).map(First::Parsed)
        }
    };
    match first.parse2(tokens)? {
        First::Parsed(parsed) => Ok(parsed),
        First::HasFragments(tokens) => {
            let again = |input: ParseStream<'_>| parser(input);
            again.parse2(without_fragments(tokens))
        }
    }
}

fn contains_fragment(mut cursor: Cursor<'_>) -> bool {
    loop {
        if let Some((content, delimiter, _, rest)) = cursor.any_group() {
            if delimiter == Delimiter::None || contains_fragment(content) {
                return true;
            }
            cursor = rest;
        } else if let Some((_, rest)) = cursor.token_tree() {
            cursor = rest;
        } else {
            return false;
        }
    }
}

/// The tokens without invisible delimiters, and with parentheses where these have an effect.
pub(crate) fn without_fragments(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut replaced: Vec<TokenTree> = Vec::with_capacity(tokens.len());
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            replaced.push(token.clone());
            continue;
        };
        let content = without_fragments(group.stream());
        if group.delimiter() != Delimiter::None {
            let mut regrouped = Group::new(group.delimiter(), content);
            regrouped.set_span(group.span());
            replaced.push(regrouped.into());
            continue;
        }
        let neighbours = Neighbours {
            before: &replaced,
            after: &tokens[index + 1..],
        };
        let content = neighbours.delimited(group, content);
        replaced.extend(content);
        // The last token does not join the next one.
        if let Some(TokenTree::Punct(last)) = replaced.last_mut() {
            let mut alone = Punct::new(last.as_char(), Spacing::Alone);
            alone.set_span(last.span());
            *last = alone;
        }
    }
    replaced.into_iter().collect()
}

/// The tokens before and after a fragment.
struct Neighbours<'t> {
    before: &'t [TokenTree],
    after: &'t [TokenTree],
}

impl Neighbours<'_> {
    /// The content of a fragment, in parentheses if it would otherwise join its neighbours, or in braces if `syn` would
    /// otherwise refuse it as a const argument.
    fn delimited(&self, group: &Group, content: TokenStream) -> TokenStream {
        let delimiter = match syn::parse2(content.clone()) {
            Ok(expr) if self.join_expr(&expr) => Delimiter::Parenthesis,
            Ok(expr) if is_special_block(&expr) && self.may_be_const_argument() => Delimiter::Brace,
            Ok(_) => return content,
            Err(_) => match syn::parse2(content.clone()) {
                Ok(Type::TraitObject(TypeTraitObject { bounds, .. }))
                | Ok(Type::ImplTrait(TypeImplTrait { bounds, .. }))
                    if bounds.len() > 1 && self.is_pointed_to() =>
                {
                    Delimiter::Parenthesis
                }
                _ => return content,
            },
        };
        // With the hygiene of the macro no lint reports the delimiters.
        let mut delimited = Group::new(delimiter, content);
        delimited.set_span(mixed_site_at(group.span()));
        delimited.into_token_stream()
    }

    fn join_expr(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Binary(_)
            | Expr::Cast(_)
            | Expr::Range(_)
            | Expr::Assign(_)
            | Expr::Closure(_)
            | Expr::Return(_)
            | Expr::Break(_) => self.is_bound_before(expr) || self.is_bound_after(expr),
            // These are also types and patterns, for which nothing below follows.
            Expr::Unary(_) | Expr::Reference(_) | Expr::RawAddr(_) => self.is_postfix_next(),
            _ => false,
        }
    }

    fn is_bound_before(&self, expr: &Expr) -> bool {
        let Some(TokenTree::Punct(last)) = self.before.last() else {
            return !self.before.is_empty();
        };
        let joined = self.before.iter().rev().skip(1).map_while(joint);
        let operator: String = joined.collect::<Vec<_>>().into_iter().rev().collect();
        let operator = format!("{operator}{}", last.as_char());
        let operand = self.before.iter().rev().nth(operator.len());
        // Unless an operand is before them, these may be two references.
        let may_refer = operator == "&&" && !matches!(operand, Some(TokenTree::Literal(_)));
        may_refer || binds(&operator, expr)
    }

    fn is_bound_after(&self, expr: &Expr) -> bool {
        let mut after = self.after.iter();
        let mut operator: String = self.after.iter().map_while(joint).collect();
        match after.nth(operator.len()) {
            Some(TokenTree::Punct(last)) => operator.push(last.as_char()),
            None if operator.is_empty() => return false,
            _ => return true,
        }
        binds(&operator, expr)
    }

    /// Whether a method call, a field, an index, arguments or `?` follow.
    fn is_postfix_next(&self) -> bool {
        match self.after {
            [TokenTree::Punct(first), rest @ ..] => match first.as_char() {
                '?' => true,
                '.' => !matches!(rest, [TokenTree::Punct(second), ..] if second.as_char() == '.'),
                _ => false,
            },
            [TokenTree::Group(next), ..] => {
                matches!(
                    next.delimiter(),
                    Delimiter::Parenthesis | Delimiter::Bracket
                )
            }
            _ => false,
        }
    }

    /// Whether the fragment is between `<`, `=` or `,` and `>` or `,`. Where these do not enclose a const argument, braces
    /// around a block have no effect.
    fn may_be_const_argument(&self) -> bool {
        let is_one_of = |token: Option<&TokenTree>, marks: &[char]| match token {
            Some(TokenTree::Punct(punct)) => marks.contains(&punct.as_char()),
            _ => false,
        };
        is_one_of(self.before.last(), &['<', '=', ','])
            && is_one_of(self.after.first(), &['>', ','])
    }

    /// Whether `&`, `mut`, `const` or a lifetime stand before the fragment.
    fn is_pointed_to(&self) -> bool {
        match self.before {
            [.., TokenTree::Punct(quote), TokenTree::Ident(_)] if quote.as_char() == '\'' => true,
            [.., TokenTree::Ident(last)] => last == "mut" || last == "const",
            [.., TokenTree::Punct(last)] => last.as_char() == '&',
            _ => false,
        }
    }
}

/// Whether it is a block that the compiler accepts as a const argument in a fragment, but not without the fragment.
fn is_special_block(expr: &Expr) -> bool {
    match expr {
        Expr::Unsafe(_) => true,
        Expr::Block(block) => block.label.is_some(),
        _ => false,
    }
}

/// The character of a punctuation that the next one joins.
fn joint(token: &TokenTree) -> Option<char> {
    match token {
        TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint => Some(punct.as_char()),
        _ => None,
    }
}

/// Whether the punctuation beside an expression is an operator that may bind more tightly than those in it.
fn binds(punctuation: &str, expr: &Expr) -> bool {
    match punctuation {
        "," | ";" | "=" | ":" | "=>" => false,
        "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||" => !is_arithmetic(expr),
        _ => true,
    }
}

/// Whether it is a sum, a product or the like. A cast at its end could continue: `a as u8 < b`.
fn is_arithmetic(expr: &Expr) -> bool {
    let Expr::Binary(ExprBinary { op, right, .. }) = expr else {
        return false;
    };
    let is_operator = matches!(
        op,
        BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_)
    );
    is_operator && !matches!(**right, Expr::Cast(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Replaces each group after `@` by a fragment: the group without its delimiters.
    fn with_fragments(tokens: TokenStream) -> TokenStream {
        let mut replaced: Vec<TokenTree> = Vec::new();
        for token in tokens {
            let TokenTree::Group(group) = token else {
                replaced.push(token);
                continue;
            };
            let is_fragment =
                matches!(replaced.last(), Some(TokenTree::Punct(at)) if at.as_char() == '@');
            let delimiter = if is_fragment {
                replaced.pop();
                Delimiter::None
            } else {
                group.delimiter()
            };
            let content = with_fragments(group.stream());
            replaced.push(Group::new(delimiter, content).into());
        }
        replaced.into_iter().collect()
    }

    fn check(rows: &[(&str, &str)]) {
        let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
        for (written, expected) in rows {
            let replaced = without_fragments(with_fragments(tokens(written)));
            let text = |tokens: TokenStream| tokens.to_string().replace(' ', "");
            assert_eq!(text(replaced), text(tokens(expected)), "{written}");
        }
    }

    #[test]
    fn a_fragment_gets_parentheses_where_it_would_join_its_neighbours() {
        check(&[
            ("a = @(1 + 2)", "a = 1 + 2"),
            ("a = @(1 + 2) * 2", "a = (1 + 2) * 2"),
            ("2 * @(1 + 2)", "2 * (1 + 2)"),
            ("-@(a as u8)", "-(a as u8)"),
            ("@(1 + 2) as u8", "(1 + 2) as u8"),
            ("@(1 + 2).pow(2)", "(1 + 2).pow(2)"),
            ("f(@(1 + 2), @(a | b))", "f(1 + 2, a | b)"),
            ("@(|x| x)(1)", "(|x| x)(1)"),
            ("x == @(a && b)", "x == (a && b)"),
            ("x == @(1 + 2) && b", "x == 1 + 2 && b"),
            ("x && @(1 + 2) < 3", "x && (1 + 2) < 3"),
            ("2 && @(1 + 2) < 3", "2 && 1 + 2 < 3"),
            ("x < @(1 + 2)", "x < 1 + 2"),
            ("@(1 + a as u8) < b", "(1 + a as u8) < b"),
            ("x += @(a || b)", "x += (a || b)"),
            ("S { a: @(1..2), b: 1 }", "S { a: 1..2, b: 1 }"),
            ("@(@(1 + 2) * 2) * 2", "((1 + 2) * 2) * 2"),
            ("@(@(1 + 2)) * 2", "(1 + 2) * 2"),
            (
                "match x { @(1 | 2) => @(a + b), _ => c }",
                "match x { 1 | 2 => a + b, _ => c }",
            ),
            ("@(-1).abs()", "(-1).abs()"),
            ("@(-1) * 2", "-1 * 2"),
            ("match x { @(-1)..=5 => 1 }", "match x { -1..=5 => 1 }"),
            ("@(&x).y", "(&x).y"),
            ("@(f(1)).y", "f(1).y"),
            ("if c @({ 1 }) else @({ 2 })", "if c { 1 } else { 2 }"),
            (
                "fn f() @({ 1 }) #[a] fn g() {}",
                "fn f() { 1 } #[a] fn g() {}",
            ),
        ]);
    }

    #[test]
    fn a_fragment_that_is_a_const_argument_gets_braces_where_the_compiler_needs_none() {
        check(&[
            ("a: W<@(1)>, b: W<@(-1)>", "a: W<1>, b: W<-1>"),
            ("a: W<@({ 1 + 2 })>", "a: W<{ 1 + 2 }>"),
            ("a: W<{ @(1 + 2) }>", "a: W<{ 1 + 2 }>"),
            ("a: W<@(N)>", "a: W<N>"),
            ("a: W<@(unsafe { 1 })>", "a: W<{ unsafe { 1 } }>"),
            ("a: W<@('x: { 1 }), u8>", "a: W<{ 'x: { 1 } }, u8>"),
            (
                "a: X<W<u8, @(unsafe { 1 })>>",
                "a: X<W<u8, { unsafe { 1 } }>>",
            ),
            (
                "struct S<const N: u8 = @(unsafe { 1 })>;",
                "struct S<const N: u8 = { unsafe { 1 } }>;",
            ),
            ("a = @(unsafe { 1 })", "a = unsafe { 1 }"),
            ("a @(unsafe { 1 }) b", "a unsafe { 1 } b"),
        ]);
    }

    #[test]
    fn a_fragment_that_is_a_type_gets_parentheses_behind_a_pointer() {
        check(&[
            ("a: @(Option<u8>)", "a: Option<u8>"),
            ("a: @(&'a T), b: @(&mut T<u8>)", "a: &'a T, b: &mut T<u8>"),
            ("a: &@(dyn A)", "a: &dyn A"),
            ("a: &@(dyn A + B)", "a: &(dyn A + B)"),
            ("a: &'a @(dyn A + B)", "a: &'a (dyn A + B)"),
            ("a: &mut @(dyn A + B)", "a: &mut (dyn A + B)"),
            ("a: Box<@(dyn A + B)>", "a: Box<dyn A + B>"),
            (
                "@(pub(crate)) fn f() -> @(T<u8>) {}",
                "pub(crate) fn f() -> T<u8> {}",
            ),
            ("impl @(T<u8>) {}", "impl T<u8> {}"),
            ("@() fn f() {}", "fn f() {}"),
        ]);
    }
}
