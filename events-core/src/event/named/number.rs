//! Reading a value as a type, with the conversions between the number types that lose nothing.

use std::any::Any;

use super::arg_error::ArgError;

/// The value of a number of any type.
#[derive(Clone, Copy)]
enum Number {
    Positive(u128),
    Negative(i128),
    Float(f64),
}

/// 2 to the power of 128, the first integer that no type can store; exact.
const TOO_LARGE: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;

/// The value of an argument or a field as a `T`. `type_name` returns the name of its type.
pub(in crate::event) fn read<T: Any + Clone>(
    value: Option<&dyn Any>,
    type_name: impl FnOnce() -> Option<&'static str>,
) -> Result<T, ArgError> {
    let value = value.ok_or(ArgError::Missing)?;
    let exact = value.downcast_ref::<T>().cloned();
    let converted = exact.or_else(|| convert(value));
    converted.ok_or_else(|| ArgError::WrongType {
        found: type_name().unwrap_or("value of another type"),
    })
}

/// The value as a `T`, if both are numbers and the `T` is equal to the value. A negative zero has no integer.
fn convert<T: Any + Clone>(value: &dyn Any) -> Option<T> {
    Number::of(value)?.into_type()
}

macro_rules! integers {
    ($($unsigned:ty, $signed:ty;)*) => {
        impl Number {
            fn of(value: &dyn Any) -> Option<Self> {
                $(
                    if let Some(number) = value.downcast_ref::<$unsigned>() {
                        return Some(Self::Positive(u128::try_from(*number).ok()?));
                    }
                    if let Some(number) = value.downcast_ref::<$signed>() {
                        return Some(Self::of_signed(i128::try_from(*number).ok()?));
                    }
                )*
                let float = value.downcast_ref::<f64>().copied();
                float.or_else(|| value.downcast_ref().copied().map(f32::into)).map(Self::Float)
            }

            fn into_type<T: Any + Clone>(self) -> Option<T> {
                $(
                    if let Some(none) = as_type::<Option<$unsigned>, Option<T>>(&None) {
                        return none.or_else(|| as_type(&self.into_integer::<$unsigned>()?));
                    }
                    if let Some(none) = as_type::<Option<$signed>, Option<T>>(&None) {
                        return none.or_else(|| as_type(&self.into_integer::<$signed>()?));
                    }
                )*
                self.into_f64().and_then(|float| as_type(&float).or_else(|| as_type(&into_f32(float)?)))
            }
        }
    };
}

integers!(u8, i8; u16, i16; u32, i32; u64, i64; u128, i128; usize, isize;);

impl Number {
    fn of_signed(number: i128) -> Self {
        u128::try_from(number).map_or(Self::Negative(number), Self::Positive)
    }

    fn into_integer<T: TryFrom<u128> + TryFrom<i128>>(self) -> Option<T> {
        match self {
            Self::Positive(number) => T::try_from(number).ok(),
            Self::Negative(number) => T::try_from(number).ok(),
            Self::Float(float) => of_float(float)?.into_integer(),
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "the result is compared with the integer"
    )]
    fn into_f64(self) -> Option<f64> {
        let float = match self {
            Self::Positive(number) => number as f64,
            Self::Negative(number) => number as f64,
            Self::Float(float) => return Some(float),
        };
        let is_same = match (self, of_float(float)?) {
            (Self::Positive(number), Self::Positive(other)) => number == other,
            (Self::Negative(number), Self::Negative(other)) => number == other,
            _ => false,
        };
        is_same.then_some(float)
    }
}

/// The integer that is equal to a float.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is an integer in the range of the type"
)]
fn of_float(float: f64) -> Option<Number> {
    let is_negative_zero = float == 0.0 && float.is_sign_negative();
    if float.fract() != 0.0 || is_negative_zero {
        return None; // also for an infinity, and for a value that is no number
    }
    if (0.0..TOO_LARGE).contains(&float) {
        return Some(Number::Positive(float as u128));
    }
    (-TOO_LARGE / 2.0..0.0)
        .contains(&float)
        .then_some(Number::Negative(float as i128))
}

/// The `f32` that is equal to a float.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the result is compared with the float"
)]
fn into_f32(float: f64) -> Option<f32> {
    let narrow = float as f32;
    (f64::from(narrow).to_bits() == float.to_bits()).then_some(narrow)
}

/// The value, if its type is `T`.
fn as_type<S: Any, T: Any + Clone>(value: &S) -> Option<T> {
    (value as &dyn Any).downcast_ref::<T>().cloned()
}
