//! What a bridge does not accept: an iterator, a receiver of the standard library, and a receiver whose values cannot be
//! cloned.

use std::sync::mpsc;

use events_core::bridge;
use tokio::sync::watch;

struct Order;

fn main() {
    drop(bridge(vec![1, 2].into_iter()));

    let (_sender, receiver) = mpsc::channel::<Order>();
    drop(bridge(receiver));

    let (_sender, receiver) = watch::channel(Order);
    drop(bridge(receiver));
}
