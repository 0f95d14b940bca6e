//! The events of the shop.

use std::{error::Error, fmt, str::FromStr};

use events_core::Event;

use crate::Cents;

/// A customer placed an order.
///
/// Subscribers with a priority above 0 complete the order or refuse it; the others process it.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
pub struct OrderPlaced {
    /// The order number of the customer.
    #[event(into)]
    pub id: String,
    /// The name of the customer.
    #[event(into)]
    pub customer: String,
    /// The destination of the parcel.
    pub country: Country,
    /// The ordered item.
    #[event(into)]
    pub item: String,
    /// The number of items.
    #[event(default = 1)]
    pub quantity: u32,
    /// The price of one item.
    pub price: Cents,
    /// The weight of one item.
    pub grams: u32,
    /// The carrier of the parcel; set by `shipping`.
    pub carrier: Option<&'static str>,
    /// The postage of the parcel; set by `shipping`.
    #[event(default)]
    pub postage: Cents,
    /// The reason why the order is refused, if it is.
    #[event(into)]
    pub refusal: Option<String>,
}

impl OrderPlaced {
    /// The price of all items, without postage.
    #[must_use]
    pub fn goods(&self) -> Cents {
        self.price * self.quantity
    }

    /// The amount that the customer pays.
    #[must_use]
    pub fn total(&self) -> Cents {
        self.goods() + self.postage
    }

    /// The weight of the parcel, in grams.
    #[must_use]
    pub fn weight(&self) -> u64 {
        u64::from(self.grams) * u64::from(self.quantity)
    }
}

/// An order was paid, so its parcel can be sent.
#[derive(Event, Debug)]
pub struct OrderPaid<'a> {
    /// The order.
    pub order: &'a OrderPlaced,
    /// The amount that was paid.
    pub amount: Cents,
}

/// A parcel was handed to its carrier.
#[derive(Event, Debug)]
pub struct ParcelSent<'a> {
    /// The order in the parcel.
    pub order: &'a OrderPlaced,
    /// The carrier.
    pub carrier: &'static str,
}

/// A country that the shop sells to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    /// The home country.
    Germany,
    /// In the customs union.
    France,
    /// In the customs union.
    Netherlands,
    /// Outside of the customs union.
    Norway,
    /// Outside of the customs union.
    Switzerland,
}

/// Parses the two-letter code of a country.
impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, UnknownCountry> {
        match code {
            "DE" => Ok(Self::Germany),
            "FR" => Ok(Self::France),
            "NL" => Ok(Self::Netherlands),
            "NO" => Ok(Self::Norway),
            "CH" => Ok(Self::Switzerland),
            _ => Err(UnknownCountry),
        }
    }
}

/// The error for a code of no country that the shop sells to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCountry;

impl fmt::Display for UnknownCountry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a country that the shop sells to")
    }
}

impl Error for UnknownCountry {}
