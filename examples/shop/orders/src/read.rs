//! Orders from CSV, one per line: a bad line is an error and does not affect the others.

use std::{
    error::Error,
    fmt,
    io::{self, BufRead},
    str::FromStr,
};

use csv::{ReaderBuilder, Terminator, Trim};

use crate::OrderPlaced;

/// The first line of a file of orders.
pub const HEADER: &str = "order,customer,country,item,quantity,price,grams";

const COLUMNS: usize = 7;

/// One line of a file of orders.
#[derive(Debug)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: usize,
    /// The order on the line.
    pub order: Result<OrderPlaced, BadLine>,
}

/// Reads orders; blank lines are skipped.
///
/// An order is exactly one line: a quote that is not closed invalidates that line, not the rest of
/// the file.
///
/// # Errors
///
/// When the input cannot be read, now or by the iterator, or does not start with the [`HEADER`].
pub fn read(mut input: impl BufRead) -> io::Result<impl Iterator<Item = io::Result<Line>>> {
    let mut header = Vec::new();
    input.read_until(b'\n', &mut header)?;
    let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&header);
    if header.trim_ascii_end() != HEADER.as_bytes() {
        let message = format!("the first line is not `{HEADER}`");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let lines = (2..).zip(input.split(b'\n'));
    Ok(lines.filter_map(|(number, line)| match line {
        Ok(line) if line.trim_ascii().is_empty() => None,
        Ok(line) => {
            let order = parse(&line);
            Some(Ok(Line { number, order }))
        }
        Err(error) => Some(Err(error)),
    }))
}

fn parse(line: &[u8]) -> Result<OrderPlaced, BadLine> {
    if line.iter().filter(|&&byte| byte == b'"').count() % 2 == 1 {
        return Err(BadLine::OpenQuote);
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .trim(Trim::All)
        .from_reader(line.trim_ascii_end());
    let record = reader.records().next();
    let record = record.and_then(Result::ok).ok_or(BadLine::NotText)?;
    let fields: Vec<_> = record.iter().collect();
    let [id, customer, country, item, quantity, price, grams] = fields[..] else {
        return Err(BadLine::Columns(fields.len()));
    };
    Ok(OrderPlaced::builder()
        .id(text("order", id)?)
        .customer(text("customer", customer)?)
        .country(value("country", country, "one of DE, FR, NL, NO and CH")?)
        .item(text("item", item)?)
        .quantity(count("quantity", quantity, 1_000)?)
        .price(value("price", price, "an amount such as 19.90")?)
        .grams(count("grams", grams, 1_000_000)?)
        .build())
}

fn text<'t>(column: &'static str, text: &'t str) -> Result<&'t str, BadLine> {
    if text.is_empty() {
        return Err(BadLine::Empty(column));
    }
    Ok(text)
}

fn value<T: FromStr>(
    column: &'static str,
    given: &str,
    expected: impl Into<String>,
) -> Result<T, BadLine> {
    text(column, given)?.parse().map_err(|_| BadLine::Value {
        column,
        given: given.to_owned(),
        expected: expected.into(),
    })
}

fn count(column: &'static str, given: &str, most: u32) -> Result<u32, BadLine> {
    let expected = format!("a whole number from 1 to {most}");
    match value(column, given, &expected)? {
        count if (1..=most).contains(&count) => Ok(count),
        _ => Err(BadLine::Value {
            column,
            given: given.to_owned(),
            expected,
        }),
    }
}

/// The reason why a line is no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadLine {
    /// The line is not UTF-8.
    NotText,
    /// The line opens a quote and does not close it.
    OpenQuote,
    /// The line has this many columns.
    Columns(usize),
    /// A column is empty.
    Empty(&'static str),
    /// A column has an invalid value.
    Value {
        /// The column.
        column: &'static str,
        /// Its value.
        given: String,
        /// The expected kind of value.
        expected: String,
    },
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText => f.write_str("not UTF-8"),
            Self::OpenQuote => f.write_str("a quote is not closed"),
            Self::Columns(count) => write!(f, "{count} columns, not {COLUMNS}"),
            Self::Empty(column) => write!(f, "{column} is empty"),
            Self::Value {
                column,
                given,
                expected,
            } => write!(f, "{column} is {given:?}, not {expected}"),
        }
    }
}

impl Error for BadLine {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cents, Country};

    const GOOD: &str = "A-1,Ada Lovelace,DE,\"Lamp, brass\",2,19.90,800";

    #[test]
    fn a_good_line_is_an_order() {
        let order = parse(GOOD.as_bytes()).expect("a good line");
        assert_eq!(order.item, "Lamp, brass");
        assert_eq!(order.country, Country::Germany);
        assert_eq!(order.goods(), Cents(3_980));
        assert_eq!(order.weight(), 1600);
        assert_eq!((order.carrier, order.refusal), (None, None));
    }

    #[test]
    fn the_error_of_a_bad_line_names_the_mistake() {
        let error_of = |line: &[u8]| parse(line).expect_err("a bad line").to_string();
        let cases: [(&[u8], &str); 12] = [
            (b"A-1,Ada,DE,Lamp,2,19.90", "6 columns, not 7"),
            (b"A-1,Ada,DE,Lamp,2,19.90,800,", "8 columns, not 7"),
            (
                b"A-1,Ada,DE,Lamp,2,19.90,800\rA-2,Bob,DE,Lamp,2,19.90,800",
                "13 columns, not 7",
            ),
            (b"A-1,,DE,Lamp,2,19.90,800", "customer is empty"),
            (
                b"A-1,Ada,XX,Lamp,2,19.90,800",
                "country is \"XX\", not one of DE, FR, NL, NO and CH",
            ),
            (
                b"A-1,Ada,DE,Lamp,two,19.90,800",
                "quantity is \"two\", not a whole number from 1 to 1000",
            ),
            (
                b"A-1,Ada,DE,Lamp,-2,19.90,800",
                "quantity is \"-2\", not a whole number from 1 to 1000",
            ),
            (
                b"A-1,Ada,DE,Lamp,0,19.90,800",
                "quantity is \"0\", not a whole number from 1 to 1000",
            ),
            (
                b"A-1,Ada,DE,Lamp,2,19.9,800",
                "price is \"19.9\", not an amount such as 19.90",
            ),
            (b"A-1,Ada,DE,Lamp,2,19.90,", "grams is empty"),
            (b"A-1,Ada,DE,\"Lamp,2,19.90,800", "a quote is not closed"),
            (b"A-1,Ad\xff,DE,Lamp,2,19.90,800", "not UTF-8"),
        ];
        for (line, reason) in cases {
            assert_eq!(error_of(line), reason);
        }
    }

    #[test]
    fn a_bad_line_does_not_affect_the_others() {
        let file = format!("\u{feff}{HEADER}\r\n{GOOD}\r\n\r\nA-2,\"Bob\n{GOOD}");
        let lines: Vec<_> = read(file.as_bytes())
            .and_then(Iterator::collect)
            .expect("text can be read");
        let results: Vec<_> = lines
            .iter()
            .map(|line| (line.number, line.order.is_ok()))
            .collect();
        assert_eq!(results, [(2, true), (4, false), (5, true)]);
    }

    #[test]
    fn a_file_without_the_header_is_refused() {
        for file in ["", "name,age\nAda,36\n"] {
            assert!(read(file.as_bytes()).is_err(), "{file:?}");
        }
    }
}
