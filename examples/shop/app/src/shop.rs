//! The shop: links its parts, takes orders, and computes a summary.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, BufRead, Write},
};

use billing::Ledger;
use events_core::Event;
use orders::{Cents, OrderPlaced};

use crate::parcels::Parcels;

/// The shop, with the states that its subscribers write to.
pub(crate) struct Shop {
    ledger: Ledger,
    parcels: Parcels,
}

impl Shop {
    /// Links the crates that contain subscribers, and passes the states that the subscribers need.
    ///
    /// If this did not name `shipping`, the linker would leave it out of the program without an
    /// error, because nothing else in the app uses it.
    pub(crate) fn open() -> Self {
        let (ledger, parcels) = (Ledger::default(), Parcels::default());
        events_core::scanner!(billing, shipping)
            .state(ledger.clone())
            .state(parcels.clone())
            .run();
        Self { ledger, parcels }
    }

    /// Emits [`OrderPlaced`] for each order of the input, and writes a note for each refused one.
    pub(crate) fn take_orders(
        &self,
        name: &str,
        input: impl BufRead,
        notes: &mut impl Write,
    ) -> io::Result<Summary> {
        let mut refused = 0;
        for line in orders::read(input)? {
            let line = line?;
            let placed = line.order.map_err(|bad| bad.to_string()).and_then(place);
            if let Err(reason) = placed {
                refused += 1;
                writeln!(notes, "{name}:{}: {reason}", line.number)?;
            }
        }
        Ok(Summary {
            orders: self.ledger.orders(),
            revenue: self.ledger.revenue(),
            parcels: self.parcels.by_carrier(),
            refused,
        })
    }
}

/// Emits the event; the error names the subscriber that refused or failed, and the reason.
fn place(order: OrderPlaced) -> Result<(), String> {
    match order.try_emit() {
        Ok(order) => match (&order.refusal, order.stopped_by()) {
            (Some(reason), Some(subscriber)) => Err(format!("{}: {reason}", subscriber.name)),
            _ => Ok(()),
        },
        Err(error) => {
            let failures = error
                .failures()
                .iter()
                .map(|failure| format!("{} {}", failure.subscriber().name, failure.cause()));
            Err(failures.collect::<Vec<_>>().join("; "))
        }
    }
}

/// The results of all orders.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    orders: usize,
    revenue: Cents,
    parcels: BTreeMap<&'static str, usize>,
    refused: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "orders       {:>10}", self.orders)?;
        writeln!(f, "revenue      {:>10}", self.revenue)?;
        writeln!(
            f,
            "parcels      {:>10}",
            self.parcels.values().sum::<usize>()
        )?;
        for (carrier, count) in &self.parcels {
            writeln!(f, "  {carrier:10} {count:>10}")?;
        }
        writeln!(f, "refused      {:>10}", self.refused)
    }
}

#[cfg(test)]
mod tests {
    use events_testing::current;
    use orders::{OrderPaid, ParcelSent};

    use super::*;

    /// Runs the whole shop. It scans into the registry of the test.
    fn take(lines: &str) -> (Summary, String) {
        let mut notes = Vec::new();
        let input = format!("{}\n{lines}", orders::HEADER);
        let summary = Shop::open()
            .take_orders("test", input.as_bytes(), &mut notes)
            .expect("text can be read");
        (summary, String::from_utf8_lossy(&notes).into_owned())
    }

    #[events_testing::test]
    fn an_order_gets_a_carrier_is_paid_and_is_sent() {
        let (summary, notes) = take("A-1,Ada,DE,Lamp,2,19.90,800\nA-2,Bob,CH,Lamp,1,19.90,800\n");
        assert_eq!(notes, "");
        let expected = Summary {
            orders: 2,
            revenue: Cents(2 * 1_990 + 490 + 1_990 + 1_990),
            parcels: [("Kiepe", 1), ("Northwind", 1)].into(),
            refused: 0,
        };
        assert_eq!(summary, expected);
        current().assert_emitted::<ParcelSent<'_>>().times(2);
    }

    #[events_testing::test]
    fn an_order_is_not_sent_before_shipping_receives_the_payment() {
        let events = current();
        // An expected event is not delivered to subscribers, so `shipping` does not receive it.
        events
            .expect::<OrderPaid<'_>>()
            .times(1)
            .matching_borrowed(|paid| paid.order.id == "A-1");
        let (summary, _) = take("A-1,Ada,DE,Lamp,2,19.90,800\n");
        assert!(summary.parcels.is_empty());
        events.assert_not_emitted::<ParcelSent<'_>>();
    }

    #[events_testing::test]
    fn every_part_of_the_shop_is_subscribed() {
        let events = current();
        Shop::open();
        events.assert_subscribed::<OrderPlaced>("shipping::choose_carrier");
        events.assert_subscribed::<OrderPlaced>("billing::charge");
        events.assert_subscribed::<OrderPaid<'_>>("shipping::send");
    }

    #[events_testing::test]
    fn refused_orders_are_reported_with_their_line_and_the_others_are_handled() {
        let (summary, notes) = take(
            "A-1,Ada,DE,Lamp,many,19.90,800\n\
             A-2,Bob,NO,Anvil,1,99.00,42000\n\
             A-3,Cyd,FR,Lamp,1,19.90,800\n\
             A-3,Cyd,FR,Lamp,1,19.90,800\n\
             A-4,Dee,NL,Lamp,1,19.90,800\n",
        );
        let expected = "\
            test:2: quantity is \"many\", not a whole number from 1 to 1000\n\
            test:3: shipping::choose_carrier: Northwind does not take 42.000 kg\n\
            test:5: billing::charge returned an error: order A-3 is paid already\n";
        assert_eq!(notes, expected);
        assert_eq!((summary.orders, summary.refused), (2, 3));
    }
}
