//! The JSON of a value inside of an event: that of the value's `Serialize`, or, if the value is an event or
//! contains some, the JSON that the derive of that event writes, which hides its secrets.
//!
//! The derive knows the type of a field only by its name. It calls [`field`], and method resolution selects
//! the implementation for a [`Nested`] type, or else the one for any other type.

use std::ops::Deref;

use super::json::{Json, secret};

/// An event that hides something or is marked `serialize`, or a container of such events.
///
/// The provided methods are those of an event with secrets that is not marked `serialize`.
pub trait Nested {
    /// The value as JSON.
    fn json(&self) -> Option<Json> {
        secret()
    }

    /// Whether the `Serialize` of the type would show what [`json`](Self::json) hides.
    fn hides(&self) -> bool {
        true
    }
}

/// The value of a field.
#[inline]
pub fn field<T: ?Sized>(value: &T) -> Field<'_, T> {
    Field(AnyField(value))
}

/// A field. It has the methods of a [`Nested`] type, and otherwise dereferences to an [`AnyField`].
#[derive(Debug)]
pub struct Field<'v, T: ?Sized>(AnyField<'v, T>);

/// A field of a type that is not [`Nested`].
#[derive(Debug)]
pub struct AnyField<'v, T: ?Sized>(&'v T);

impl<T: Nested + ?Sized> Field<'_, T> {
    /// The value as JSON.
    #[must_use]
    pub fn json(&self) -> Option<Json> {
        self.0.0.json()
    }

    /// Whether its `Serialize` would show what its JSON hides.
    #[must_use]
    pub fn hides(&self) -> bool {
        self.0.0.hides()
    }
}

impl<'v, T: ?Sized> Deref for Field<'v, T> {
    type Target = AnyField<'v, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: ?Sized> AnyField<'_, T> {
    /// The value as JSON.
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn json(&self) -> Option<Json>
    where
        T: serde::Serialize,
    {
        super::json::value(self.0)
    }

    /// Never runs.
    #[cfg(not(feature = "serde"))]
    #[must_use]
    pub fn json(&self) -> Option<Json> {
        secret()
    }

    /// It hides nothing that is known.
    #[must_use]
    pub fn hides(&self) -> bool {
        false
    }
}

/// Containers of events.
#[cfg(feature = "serde")]
mod containers {
    use std::{
        borrow::Cow,
        collections::{BTreeMap, HashMap, LinkedList, VecDeque},
        rc::Rc,
        sync::{Arc, Mutex, RwLock},
    };

    use serde::Serialize;
    use serde_json::{Map, Value};

    use super::{Json, Nested, secret};

    /// What an element is in a container that cannot leave it out.
    fn element(value: &impl Nested) -> Json {
        value.json().unwrap_or_default()
    }

    macro_rules! pointers {
        ($($pointer:ty),*) => {
            $(
                impl<T: Nested + ?Sized> Nested for $pointer {
                    fn json(&self) -> Option<Json> {
                        (**self).json()
                    }

                    fn hides(&self) -> bool {
                        (**self).hides()
                    }
                }
            )*
        };
    }
    pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

    impl<T: Nested + ToOwned + ?Sized> Nested for Cow<'_, T> {
        fn json(&self) -> Option<Json> {
            (**self).json()
        }

        fn hides(&self) -> bool {
            (**self).hides()
        }
    }

    impl<T: Nested> Nested for Option<T> {
        fn json(&self) -> Option<Json> {
            Some(self.as_ref().map_or(Value::Null, element))
        }

        fn hides(&self) -> bool {
            self.as_ref().is_some_and(T::hides)
        }
    }

    macro_rules! locks {
        ($($lock:ident $read:ident),*) => {
            $(
                impl<T: Nested + ?Sized> Nested for $lock<T> {
                    fn json(&self) -> Option<Json> {
                        self.$read().map_or_else(|_| secret(), |value| value.json())
                    }

                    fn hides(&self) -> bool {
                        self.$read().map_or(true, |value| value.hides())
                    }
                }
            )*
        };
    }
    locks!(Mutex lock, RwLock read);

    impl<T: Nested, E: Serialize> Nested for Result<T, E> {
        fn json(&self) -> Option<Json> {
            let (variant, value) = match self {
                Ok(value) => ("Ok", element(value)),
                Err(error) => ("Err", super::super::json::value(error).unwrap_or_default()),
            };
            Some(Value::Object(Map::from_iter([(variant.to_owned(), value)])))
        }

        fn hides(&self) -> bool {
            self.as_ref().is_ok_and(T::hides)
        }
    }

    macro_rules! sequences {
        ($($sequence:ty $(, $size:ident)?;)*) => {
            $(
                impl<T: Nested $(, const $size: usize)?> Nested for $sequence {
                    fn json(&self) -> Option<Json> {
                        Some(self.iter().map(element).collect())
                    }

                    fn hides(&self) -> bool {
                        self.iter().any(T::hides)
                    }
                }
            )*
        };
    }
    sequences!([T]; [T; N], N; Vec<T>; VecDeque<T>; LinkedList<T>;);

    macro_rules! maps {
        ($($map:ty $(, $state:ident)?;)*) => {
            $(
                impl<K: Serialize, T: Nested $(, $state)?> Nested for $map {
                    fn json(&self) -> Option<Json> {
                        let entries = self.iter().map(|(key, value)| (text(key), element(value)));
                        Some(Value::Object(entries.collect::<Map<_, _>>()))
                    }

                    fn hides(&self) -> bool {
                        self.values().any(T::hides)
                    }
                }
            )*
        };
    }
    maps!(BTreeMap<K, T>; HashMap<K, T, S>, S;);

    /// The key of a map, as JSON has it.
    fn text(key: &impl Serialize) -> String {
        match super::super::json::value(key) {
            Some(Value::String(text)) => text,
            Some(key @ (Value::Number(_) | Value::Bool(_))) => key.to_string(),
            _ => "[not serializable]".to_owned(),
        }
    }
}
