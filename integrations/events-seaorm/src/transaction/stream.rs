//! Rows of a transaction that are read one by one.

use std::{
    fmt,
    future::{Future, poll_fn},
    marker::PhantomData,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use futures_core::Stream;
use sea_orm::{DbErr, QueryResult, Statement, StreamTrait};

use super::{connection::Locked, tx::Tx};

/// What a stream yields.
type Row = Result<QueryResult, DbErr>;

/// The rows of a statement in a [`Tx`], which are read one by one; returned by [`stream`](StreamTrait::stream) of SeaORM.
///
/// Until it is dropped, no other statement is executed in the transaction: one that waits for it, while it is still there, waits
/// for good.
///
/// ```
/// use events_seaorm::{Tx, TxStream};
/// use sea_orm::{DbErr, Statement, StreamTrait};
///
/// async fn accounts(tx: &Tx) -> Result<TxStream<'_>, DbErr> {
///     let select = "SELECT cents FROM account ORDER BY cents";
///     tx.stream_raw(Statement::from_string(StreamTrait::get_database_backend(tx), select)).await
/// }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct TxStream<'a> {
    /// Owns the lock, and the stream of SeaORM that borrows from it. It is pending whenever it has put a row into `row`. `None`
    /// once it is ready.
    read: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    row: Arc<Mutex<Option<Row>>>,
    of_tx: PhantomData<&'a Tx>,
}

impl TxStream<'_> {
    pub(crate) fn new(open: Locked, statement: Statement) -> Self {
        let row = Arc::default();
        Self {
            read: Some(Box::pin(read(open, statement, Arc::clone(&row)))),
            row,
            of_tx: PhantomData,
        }
    }
}

/// Puts the next row of the statement into `row` at each poll.
async fn read(mut open: Locked, statement: Statement, row: Arc<Mutex<Option<Row>>>) {
    let put = |next| *row.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
    let was_suspect = open.suspect();
    let all_read = {
        let stream = match open.tx() {
            Ok(tx) => tx.stream_raw(statement).await,
            Err(error) => Err(error),
        };
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => return put(Err(error)),
        };
        let mut stream = pin!(stream);
        let mut result = Ok(());
        while let Some(next) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
            if let Err(error) = &next {
                result = Err(error.clone());
            }
            put(next);
            yield_once().await;
        }
        result
    };
    // The error was yielded.
    let _ = open.noted(was_suspect, all_read);
}

/// Is pending once. No waker is registered: the next call of `poll_next` polls it.
async fn yield_once() {
    let mut is_ready = false;
    poll_fn(|_| match std::mem::replace(&mut is_ready, true) {
        false => Poll::Pending,
        true => Poll::Ready(()),
    })
    .await;
}

impl Stream for TxStream<'_> {
    type Item = Row;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Row>> {
        let Some(read) = &mut self.read else {
            return Poll::Ready(None);
        };
        if read.as_mut().poll(context).is_ready() {
            self.read = None; // the lock is free
        }
        let row = self
            .row
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match row {
            Some(row) => Poll::Ready(Some(row)),
            None if self.read.is_none() => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

impl fmt::Debug for TxStream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TxStream").finish_non_exhaustive()
    }
}
