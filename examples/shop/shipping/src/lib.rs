//! Parcels: subscribers that choose the carrier and the postage, and send what is paid.
//!
//! No other crate calls these functions or names them. They are linked because `app` contains
//! `scanner!(billing, shipping)`, and they run when the events that they take are emitted.

use std::ops::ControlFlow;

use events_core::{Event, subscriber};
use orders::{Cents, Country, OrderPaid, OrderPlaced, ParcelSent};

/// Chooses the carrier, or refuses an order that is too heavy and stops it for later subscribers.
#[subscriber(priority = 10)]
fn choose_carrier(order: &mut OrderPlaced) -> ControlFlow<()> {
    let (carrier, postage, most) = match order.country {
        Country::Germany => ("Kiepe", 490, 50_000),
        Country::France | Country::Netherlands => ("Eurovan", 990, 30_000),
        Country::Norway | Country::Switzerland => ("Northwind", 1990, 20_000),
    };
    let grams = order.weight();
    if grams > most {
        let (kilos, grams) = (grams / 1000, grams % 1000);
        order.refusal = Some(format!("{carrier} does not take {kilos}.{grams:03} kg"));
        return ControlFlow::Break(());
    }
    order.carrier = Some(carrier);
    order.postage = Cents(postage);
    ControlFlow::Continue(())
}

/// Makes large orders within the customs union free of postage.
#[subscriber(
    priority = 10,
    after = choose_carrier,
    when = |order: &OrderPlaced| order.goods() >= Cents(10_000),
)]
fn waive_postage(order: &mut OrderPlaced) {
    if !matches!(order.country, Country::Norway | Country::Switzerland) {
        order.postage = Cents(0);
    }
}

/// Sends the parcel of an order that is paid.
#[subscriber]
fn send(paid: &OrderPaid<'_>) -> Result<(), &'static str> {
    let order = paid.order;
    let carrier = order.carrier.ok_or("paid, but no carrier was chosen")?;
    ParcelSent { order, carrier }.emit();
    Ok(())
}

#[cfg(test)]
mod tests {
    use events_core::{Registry, subscribers};

    use super::*;

    fn order(country: Country, quantity: u32) -> OrderPlaced {
        OrderPlaced::builder()
            .id("A-1")
            .customer("Ada")
            .country(country)
            .item("Anvil")
            .quantity(quantity)
            .price(Cents(6_000))
            .grams(12_000)
            .build()
    }

    #[test]
    fn a_subscriber_can_be_called_as_a_function() {
        let mut light = order(Country::Norway, 1);
        assert!(choose_carrier(&mut light).is_continue());
        assert_eq!(light.carrier, Some("Northwind"));

        let mut heavy = order(Country::Norway, 2);
        assert!(choose_carrier(&mut heavy).is_break());
        assert_eq!(
            heavy.refusal.as_deref(),
            Some("Northwind does not take 24.000 kg")
        );
    }

    #[events_testing::test]
    fn a_paid_order_with_a_carrier_is_sent() {
        let events = events_testing::current();
        let mut order = order(Country::France, 1);
        let amount = order.total();
        assert!(
            send(&OrderPaid {
                order: &order,
                amount
            })
            .is_err()
        );
        events.assert_nothing_emitted();

        events
            .expect::<ParcelSent<'_>>()
            .times(1)
            .matching_borrowed(|sent| sent.carrier == "Eurovan");
        order.carrier = Some("Eurovan");
        assert_eq!(
            send(&OrderPaid {
                order: &order,
                amount
            }),
            Ok(())
        );
    }

    #[test]
    fn large_orders_within_the_customs_union_have_no_postage() {
        let registry = Registry::with(subscribers![waive_postage, choose_carrier]);
        let postage = |country, quantity| registry.emit(order(country, quantity)).postage;
        assert_eq!(postage(Country::France, 1), Cents(990));
        assert_eq!(postage(Country::France, 2), Cents(0));
        assert_eq!(postage(Country::Switzerland, 1), Cents(1_990));
    }

    #[test]
    fn a_refused_order_reaches_no_later_subscriber() {
        let registry = Registry::with(subscribers![choose_carrier, waive_postage]);
        let emitted = registry
            .try_emit(order(Country::Norway, 2))
            .expect("a refusal is not a failure");
        let by = emitted.stopped_by().map(|subscriber| &*subscriber.name);
        assert_eq!(by, Some("shipping::choose_carrier"));
        assert_eq!(emitted.ran(), 1);
    }
}
