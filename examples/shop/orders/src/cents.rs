//! Money in whole cents, so that no sum is rounded.

use std::{
    error::Error,
    fmt,
    iter::Sum,
    ops::{Add, Mul},
    str::FromStr,
};

/// An amount of money, in whole cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(pub u64);

impl Add for Cents {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Mul<u32> for Cents {
    type Output = Self;

    fn mul(self, times: u32) -> Self {
        Self(self.0 * u64::from(times))
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

/// Parses an amount such as `19.90`: up to five digits, a point, two digits.
impl FromStr for Cents {
    type Err = ParseCentsError;

    fn from_str(text: &str) -> Result<Self, ParseCentsError> {
        let (whole, cents) = text.split_once('.').ok_or(ParseCentsError)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !matches!(whole.len(), 1..=5) || cents.len() != 2 || !digits(whole) || !digits(cents) {
            return Err(ParseCentsError);
        }
        let number = |part: &str| part.parse::<u64>().map_err(|_| ParseCentsError);
        Ok(Self(number(whole)? * 100 + number(cents)?))
    }
}

/// The error for a text that is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseCentsError;

impl fmt::Display for ParseCentsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an amount such as 19.90")
    }
}

impl Error for ParseCentsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_printed_as_it_is_read() {
        for text in ["0.05", "19.90", "99999.99"] {
            let cents: Cents = text.parse().expect(text);
            assert_eq!(cents.to_string(), text);
        }
    }

    #[test]
    fn a_text_that_is_no_amount_is_refused() {
        for text in [
            "",
            "19",
            "19.9",
            "19.905",
            "-1.00",
            "+1.00",
            ".50",
            "1e3.00",
            "100000.00",
        ] {
            assert_eq!(text.parse::<Cents>(), Err(ParseCentsError), "{text:?}");
        }
    }
}
