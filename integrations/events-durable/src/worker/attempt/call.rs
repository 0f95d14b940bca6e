//! The call of a subscriber, and what is to be marked after it.

use std::{
    error::Error,
    fmt::Display,
    future::Future,
    pin::pin,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use events_core::{
    Failure,
    delivering::Delivering,
    outcomes::{SkipReason, SubscriberOutcome},
};
use tokio::time::timeout;
use tracing::Instrument;

use super::{
    backoff::{gone_in_call, is_serialization},
    mark::{Attempt, CONFLICT, End},
    transaction::{Refused, Transaction},
};
use crate::{
    delivery::About,
    event::{Deliver, Unreadable, Waits, type_of},
    facade::Takes,
    store::{Claim, Done, Engine, StoreError},
    worker::{
        batch::InHand,
        unwind::{Panicked, catching},
    },
};

/// How long a delivery waits that this program cannot read, before it looks again.
const WAIT: Duration = Duration::from_secs(30);

/// How long a rollback may take. Until it ends, the delivery is locked, and cannot be marked.
const ROLLBACK: Duration = Duration::from_secs(5);

/// How often a delivery may be claimed without a count of its attempts, before a conflict and a lost connection are failures: one that
/// a subscriber causes by itself in each call would be repeated for ever.
const MOST_UNCOUNTED: i32 = 100;

impl<DB: Engine> Attempt<'_, DB> {
    /// Makes the delivery. `tx` is the transaction for it, if one was begun with the commit of the delivery before; afterwards it is
    /// that of the next delivery, if one was begun. An error is one of the database, which the workers wait for.
    pub(in crate::worker) async fn run(
        self,
        tx: &mut Option<Transaction<DB>>,
    ) -> Result<(), StoreError> {
        let event = &self.claim.event;
        let span = tracing::debug_span!(
            target: "events_durable",
            "deliver",
            subscriber = self.receiver.id(),
            topic = event.topic,
            event = event.id,
            attempt = self.claim.attempt,
            trace = event.trace,
        );
        let spans = &self.store.0.waker.spans;
        spans.link(&span, &event.id);
        let end = async {
            match self.read() {
                Ok(deliver) if self.receiver.takes != Takes::Nothing => {
                    self.in_transaction(deliver, tx).await
                }
                Ok(deliver) => Ok(self.alone(deliver).await),
                Err(end) => Ok(end),
            }
        };
        let end = match catching(end.instrument(span)).await {
            Ok(end) => end?,
            Err(Panicked) => End::Failed(
                "the program panicked outside of the subscriber: in a codec, an upcast or `Deserialize`, or when a value was \
                 dropped or written as text; the panic hook has the text"
                    .to_owned(),
            ),
        };
        if !matches!(end, End::Marked) {
            *tx = None; // before the mark, which takes a connection
        }
        if matches!(end, End::Done | End::Marked) {
            spans.delivered(&event.id);
        }
        self.mark(end).await
    }

    /// Reads the event.
    fn read(&self) -> Result<Deliver, End> {
        let event = &self.claim.event;
        let read = match type_of(&event.topic) {
            None => Err(Unreadable::Waits(Waits::Type)),
            Some(one) => one.read(event.version, &event.codec, &event.data),
        };
        read.map_err(|why| match why {
            Unreadable::Waits(why) => {
                self.warn_once(&why);
                End::Again(WAIT)
            }
            Unreadable::Fails(error) => End::Failed(error.to_string()),
        })
    }

    /// Logs once for each subscriber, topic and version that deliveries wait.
    fn warn_once(&self, why: &Waits) {
        let (event, id) = (&self.claim.event, self.receiver.id());
        let what = (id.to_owned(), event.topic.clone(), event.version);
        let is_new = self
            .store
            .0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(what);
        if is_new {
            tracing::warn!(
                target: "events_durable",
                subscriber = id,
                topic = event.topic,
                version = event.version,
                "deliveries of such events wait: {why}",
            );
        }
    }

    fn delivering(&self) -> Delivering {
        let event = &self.claim.event;
        let about = About {
            id: event.id.clone(),
            topic: event.topic.clone(),
            key: event.key.clone(),
            time: event.time,
            attempt: self.attempt(),
            max_attempts: self.receiver.most_attempts(),
        };
        self.receiver.subscriber.delivering().with(Arc::new(about))
    }

    /// Calls a subscriber that takes no transaction. Its lease, and those of the others in hand, are extended meanwhile.
    async fn alone(&self, deliver: Deliver) -> End {
        let call = deliver.to(self.delivering());
        let outcome = self.while_extending(InHand::all, call).await;
        self.end_of(outcome)
    }

    /// Waits for a call, and extends the leases of what this selects of what is in hand.
    async fn while_extending<F: Future>(
        &self,
        select: fn(&InHand) -> Vec<Arc<Claim>>,
        call: F,
    ) -> F::Output {
        let mut call = pin!(call);
        loop {
            tokio::select! {
                output = &mut call => return output,
                () = tokio::time::sleep(self.lease / 3) => {
                    let claims = select(self.in_hand);
                    if claims.is_empty() {
                        continue;
                    }
                    let refs: Vec<&Claim> = claims.iter().map(|claim| &**claim).collect();
                    // Without it, another worker takes over at the end of the lease.
                    let extend = DB::extend(&self.store.0.pool, &refs, self.lease);
                    tokio::select! {
                        output = &mut call => return output,
                        _ = extend => {}
                    }
                }
            }
        }
    }

    /// Calls a subscriber that takes the transaction: what it writes, what it emits and the mark are one.
    async fn in_transaction(
        &self,
        deliver: Deliver,
        begun_tx: &mut Option<Transaction<DB>>,
    ) -> Result<End, StoreError> {
        let mut tx = match begun_tx.take() {
            Some(tx) => tx,
            None => match Transaction::begin(self.store, self.receiver.takes).await {
                Ok(tx) => tx,
                Err(refused) => return self.of_refused(refused),
            },
        };
        let begun = Instant::now();
        // The mark holds the delivery as well, and as the first statement it is the only one. With a key it comes last: from then
        // on events of the key are not stored until the transaction ends.
        let mut done = None;
        let held = if self.claim.per_key {
            tx.hold(self.claim).await
        } else {
            let marked = tx.done(self.claim).await;
            done = marked.as_ref().ok().copied();
            marked.map(|done| done != Done::Void)
        };
        match held {
            Ok(true) => {}
            Ok(false) => return Ok(End::Marked),
            Err(error) if error.is_serialization() => return Ok(self.conflict(&error)),
            Err(error) => return Err(error),
        }
        tx.set_parent(&self.claim.event.id);
        let call = tx.deliver(self.delivering(), |delivering| deliver.to(delivering));
        let outcome = if DB::HAS_ONE_WRITER {
            call.await
        } else {
            // Not that of this one, whose row the transaction has locked.
            self.while_extending(InHand::rest, call).await
        };
        if let Some(error) = gone_in_call(&outcome).or_else(|| tx.gone_in_emit())
            && !self.is_repeated_too_often()
            && tx.is_gone().await
        {
            // No failure of the subscriber: its transaction is lost.
            return Err(error);
        }
        let has_conflict = tx.has_conflict(&outcome);
        let end = match self.end_of(outcome) {
            End::Failed(text) if has_conflict => self.conflict(&text),
            end => end,
        };
        match end {
            End::Done => {}
            end => {
                if timeout(ROLLBACK, tx.rollback()).await.is_err() {
                    tracing::warn!(
                        target: "events_durable",
                        subscriber = self.receiver.id(),
                        event = self.claim.event.id,
                        "the transaction of a delivery does not end, for example because a statement of it still runs; the \
                         delivery is repeated when it and the lease have ended",
                    );
                    return Ok(End::Marked);
                }
                return Ok(end);
            }
        }
        if DB::HAS_ONE_WRITER && begun.elapsed() > self.lease / 3 {
            // No other program could take them over until now, and none can from the commit on.
            let rest = self.in_hand.rest();
            let rest: Vec<&Claim> = rest.iter().map(|claim| &**claim).collect();
            let _ = tx.extend(&rest, self.lease).await;
        }
        let later = done.is_none().then(|| tx.mark_before_commit(self.claim));
        let committed = tx.commit(self.keeps_connection()).await;
        let marked = match done {
            Some(done) => Some(Ok(done)),
            None => later.and_then(|marked| marked.take()),
        };
        match (committed, marked) {
            (Err(_), Some(Ok(Done::Void))) => {}
            (Err(_), Some(Err(error))) => return self.of_refused(error.into()),
            (Err(refused), _) => return self.of_refused(refused),
            (Ok(next), Some(Ok(Done::Unpromoted))) => {
                drop(next);
                DB::promote(&self.store.0.pool, self.claim).await?;
            }
            (Ok(next), _) => *begun_tx = next,
        }
        Ok(End::Marked)
    }

    /// Whether the commit begins the transaction of the next delivery, on the same connection: there is a next one, and the pool has a
    /// connection for others.
    fn keeps_connection(&self) -> bool {
        let pool = &self.store.0.pool;
        self.in_hand.has_rest()
            && (pool.num_idle() > 0 || pool.size() < pool.options().get_max_connections())
    }

    /// What is to be marked after a call.
    fn end_of(&self, outcome: SubscriberOutcome) -> End {
        match outcome {
            SubscriberOutcome::Ran | SubscriberOutcome::Stopped => End::Done,
            SubscriberOutcome::Skipped(
                SkipReason::Condition | SkipReason::Origin | SkipReason::Middleware,
            ) => End::Done,
            SubscriberOutcome::Failed(failure) | SubscriberOutcome::Retrying(failure) => {
                self.of_failure(&failure)
            }
            // It is muted, or gone: another worker may deliver it.
            _ => End::Again(self.poll_interval),
        }
    }

    /// What is to be marked after a failure. Of the error only its own text is stored, and those of its sources.
    fn of_failure(&self, failure: &Failure) -> End {
        if let Some(error) = failure.error() {
            let error: &(dyn Error + 'static) = error;
            if is_serialization(error) {
                return self.conflict(failure.cause());
            }
        }
        End::Failed(failure.cause().to_string())
    }

    /// What is to be marked after the transaction was refused.
    fn of_refused(&self, refused: Refused) -> Result<End, StoreError> {
        match refused {
            Refused::Conflict(text) => Ok(self.conflict(&text)),
            Refused::Database(error) if error.is_transient() && !self.is_repeated_too_often() => {
                Err(error)
            }
            Refused::Database(error) => Ok(End::Failed(error.to_string())),
            Refused::Other(text) => Ok(End::Failed(text)),
        }
    }

    /// What is to be marked after a conflict with another transaction, which has this text.
    fn conflict(&self, text: &impl Display) -> End {
        if self.is_repeated_too_often() {
            return End::Failed(text.to_string());
        }
        End::Again(CONFLICT * 2_u32.pow(self.uncounted().clamp(0, 8).unsigned_abs()))
    }

    /// How often it was claimed without a count of its attempts.
    fn uncounted(&self) -> i32 {
        self.claim.fence.saturating_sub(self.claim.attempt)
    }

    fn is_repeated_too_often(&self) -> bool {
        self.uncounted() >= MOST_UNCOUNTED
    }
}
