//! A receiver of a channel of tokio as a source.
//!
//! The channels need no runtime of tokio: their receivers are polled like any future. The receivers of
//! `broadcast` and `watch` can only be polled through the future of a method that borrows them. So while
//! such a receiver waits, it is inside of a boxed future, which returns it with the item.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::sync::{broadcast, mpsc, watch};

use super::traits::{IntoSource, PollSource, Source};

/// A receiver of tokio as a source: the first type parameter of the [`Bridge`](crate::bridges::Bridge) that
/// [`bridge`](crate::bridge()) returns for it.
///
/// | Receiver | Items | The source ends |
/// |---|---|---|
/// | `mpsc::Receiver`, `mpsc::UnboundedReceiver` | the values | when all senders are dropped, after the last value |
/// | `broadcast::Receiver` | clones of the values; a lag is an error, logged at `warn` and counted | as above |
/// | `watch::Receiver` | a clone of the latest value after each change that the receiver has not seen; values in between are skipped | as above |
///
/// A `watch::Receiver` has seen the value that was current when it was created. `receiver.mark_changed()` before the
/// bridge makes this value the first item.
///
/// The receiver is dropped when the bridge has ended, with the values that are in it.
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::{Bridge, FromReceiver}};
/// use tokio::sync::mpsc;
///
/// #[derive(Event)]
/// struct Job(u32);
///
/// /// A bridge that has no filter and no event yet: the caller sets them.
/// fn jobs(receiver: mpsc::Receiver<u32>) -> Bridge<FromReceiver<mpsc::Receiver<u32>>> {
///     bridge(receiver)
/// }
///
/// let registry = Registry::new();
/// let (sender, receiver) = mpsc::channel(1);
/// let bridged = jobs(receiver).with(|id| Some(Job(id))).on(&registry).spawn();
/// sender.blocking_send(7)?;
/// drop(sender); // ends the source
/// assert_eq!(bridged.wait().emitted(), 1);
/// # Ok::<(), mpsc::error::SendError<u32>>(())
/// ```
pub struct FromReceiver<R: Receive>(State<R>);

/// The source is a receiver of tokio: a marker of [`IntoSource`].
///
/// ```
/// use events_core::{Event, Registry, bridge, bridges::{Bridged, FromReceiver, IntoSource, OfReceiver}};
/// use tokio::sync::mpsc;
///
/// #[derive(Event)]
/// struct Job(u32);
///
/// /// Accepts receivers only.
/// fn jobs<R>(receiver: R, registry: &Registry) -> Bridged
/// where
///     R: IntoSource<OfReceiver, Source = FromReceiver<mpsc::Receiver<u32>>>,
/// {
///     bridge(receiver).with(|id| Some(Job(id))).on(registry).spawn()
/// }
///
/// let registry = Registry::new();
/// let (sender, receiver) = mpsc::channel(1);
/// let bridged = jobs(receiver, &registry);
/// sender.blocking_send(7)?;
/// drop(sender); // ends the source
/// assert_eq!(bridged.wait().emitted(), 1);
/// # Ok::<(), mpsc::error::SendError<u32>>(())
/// ```
#[derive(Debug)]
pub enum OfReceiver {}

/// A receiver of a channel of tokio.
pub trait Receive: Sized {
    type Item;

    /// [`PollSource::poll_item`].
    fn poll_item(state: &mut State<Self>, context: &mut Context<'_>) -> Poll<Received<Self>>;
}

type Received<R> = Option<Result<<R as Receive>::Item, String>>;

/// Waits for an item, and returns it with the receiver.
type Wait<R> = Pin<Box<dyn Future<Output = (R, Received<R>)> + Send>>;

pub enum State<R: Receive> {
    Idle(R),
    Waiting(Wait<R>),
    /// A wait panicked while it was created.
    Lost,
}

impl<R: Receive> State<R> {
    /// Polls the wait, which `wait` creates if there is none.
    fn poll_wait(
        &mut self,
        context: &mut Context<'_>,
        wait: impl FnOnce(R) -> Wait<R>,
    ) -> Poll<Received<R>> {
        *self = match mem::replace(self, Self::Lost) {
            Self::Idle(receiver) => Self::Waiting(wait(receiver)),
            state => state,
        };
        let Self::Waiting(wait) = self else {
            return Poll::Ready(None);
        };
        let (receiver, item) = ready!(wait.as_mut().poll(context));
        *self = Self::Idle(receiver);
        Poll::Ready(item)
    }
}

impl<T> Receive for mpsc::Receiver<T> {
    type Item = T;

    fn poll_item(state: &mut State<Self>, context: &mut Context<'_>) -> Poll<Received<Self>> {
        match state {
            State::Idle(receiver) => receiver.poll_recv(context).map(|item| item.map(Ok)),
            State::Waiting(_) | State::Lost => Poll::Ready(None),
        }
    }
}

impl<T> Receive for mpsc::UnboundedReceiver<T> {
    type Item = T;

    fn poll_item(state: &mut State<Self>, context: &mut Context<'_>) -> Poll<Received<Self>> {
        match state {
            State::Idle(receiver) => receiver.poll_recv(context).map(|item| item.map(Ok)),
            State::Waiting(_) | State::Lost => Poll::Ready(None),
        }
    }
}

/// A value that is there is received without a future.
impl<T: Clone + Send + 'static> Receive for broadcast::Receiver<T> {
    type Item = T;

    fn poll_item(state: &mut State<Self>, context: &mut Context<'_>) -> Poll<Received<Self>> {
        use broadcast::error::{RecvError, TryRecvError};

        if let State::Idle(receiver) = state {
            match receiver.try_recv() {
                Ok(item) => return Poll::Ready(Some(Ok(item))),
                Err(TryRecvError::Closed) => return Poll::Ready(None),
                Err(lag @ TryRecvError::Lagged(_)) => {
                    return Poll::Ready(Some(Err(lag.to_string())));
                }
                Err(TryRecvError::Empty) => {}
            }
        }
        state.poll_wait(context, |mut receiver| {
            Box::pin(async move {
                let item = match receiver.recv().await {
                    Ok(item) => Some(Ok(item)),
                    Err(RecvError::Closed) => None,
                    Err(lag @ RecvError::Lagged(_)) => Some(Err(lag.to_string())),
                };
                (receiver, item)
            })
        })
    }
}

impl<T: Clone + Send + Sync + 'static> Receive for watch::Receiver<T> {
    type Item = T;

    fn poll_item(state: &mut State<Self>, context: &mut Context<'_>) -> Poll<Received<Self>> {
        state.poll_wait(context, |mut receiver| {
            Box::pin(async move {
                let is_open = receiver.changed().await.is_ok();
                let item = is_open.then(|| Ok(receiver.borrow_and_update().clone()));
                (receiver, item)
            })
        })
    }
}

// One implementation for each type: with one for all of them, a type that is no source would be reported as one that
// is no receiver.

impl<T> IntoSource<OfReceiver> for mpsc::Receiver<T> {
    type Source = FromReceiver<Self>;

    fn into_source(self) -> FromReceiver<Self> {
        FromReceiver(State::Idle(self))
    }
}

impl<T> IntoSource<OfReceiver> for mpsc::UnboundedReceiver<T> {
    type Source = FromReceiver<Self>;

    fn into_source(self) -> FromReceiver<Self> {
        FromReceiver(State::Idle(self))
    }
}

impl<T: Clone + Send + 'static> IntoSource<OfReceiver> for broadcast::Receiver<T> {
    type Source = FromReceiver<Self>;

    fn into_source(self) -> FromReceiver<Self> {
        FromReceiver(State::Idle(self))
    }
}

impl<T: Clone + Send + Sync + 'static> IntoSource<OfReceiver> for watch::Receiver<T> {
    type Source = FromReceiver<Self>;

    fn into_source(self) -> FromReceiver<Self> {
        FromReceiver(State::Idle(self))
    }
}

impl<R: Receive> Source for FromReceiver<R> {
    type Item = R::Item;
}

impl<R: Receive + Unpin> PollSource for FromReceiver<R> {
    fn poll_item(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<R::Item, String>>> {
        R::poll_item(&mut self.get_mut().0, context)
    }
}

impl<R: Receive> fmt::Debug for FromReceiver<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromReceiver")
    }
}
