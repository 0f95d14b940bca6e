//! The fix: a stream, a receiver of tokio, and values that are `Clone`.

use events_core::bridge;
use tokio::sync::{mpsc, watch};

#[derive(Clone)]
struct Order;

fn main() {
    drop(bridge(tokio_stream::iter(vec![1, 2])));

    let (_sender, receiver) = mpsc::channel::<Order>(1);
    drop(bridge(receiver));

    let (_sender, receiver) = watch::channel(Order);
    drop(bridge(receiver));
}
