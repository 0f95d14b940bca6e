//! The loop of one task.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::{
    attempt::Attempt,
    batch::{ClaimSize, InHand},
    outage::Outage,
    settings::Settings,
    unwind::{Panicked, catching},
    upkeep::Upkeep,
};
use crate::{
    facade::{Durable, Receiver, Subscribers},
    store::{Claim, Engine, Listener, StoreError},
};

/// A task that delivers.
pub(super) struct Task<DB: Engine> {
    pub(super) store: Durable<DB>,
    pub(super) settings: Settings,
    /// The first one does the upkeep.
    pub(super) number: usize,
    pub(super) in_hand: Arc<InHand>,
    pub(super) outage: Arc<Outage>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) woken: watch::Receiver<u64>,
}

impl<DB: Engine> Drop for Task<DB> {
    fn drop(&mut self) {
        self.store.0.waker.worker_ends();
    }
}

impl<DB: Engine> Task<DB> {
    pub(super) async fn run(mut self) {
        let mut sizes = BTreeMap::new();
        let mut upkeep = (self.number == 0).then(Upkeep::new);
        while !*self.stop.borrow() {
            let step = async {
                self.step(&mut sizes, upkeep.as_mut()).await;
                if let Some(upkeep) = &mut upkeep
                    && !*self.stop.borrow()
                {
                    upkeep.warn_of_no_subscribers(self.store.subscribers().as_deref());
                }
            };
            if let Err(Panicked) = catching(step).await {
                // It is not logged: the log may be what has panicked. The panic hook has the text.
                let _ = self.hand_back().await;
                self.sleep(self.settings.poll_interval).await;
            }
        }
        if self.hand_back().await.is_err() {
            tracing::debug!(target: "events_durable", "claims are given up: their leases end");
        }
    }

    /// Delivers what there is, or waits.
    async fn step(
        &mut self,
        sizes: &mut BTreeMap<&'static str, ClaimSize>,
        upkeep: Option<&mut Upkeep>,
    ) {
        self.woken.borrow_and_update();
        let Some(subscribers) = self.store.subscribers() else {
            self.idle(self.settings.poll_interval).await;
            return;
        };
        // What an outage has left in hand.
        let round = match self.hand_back().await {
            Ok(()) => self.round(&subscribers, sizes, upkeep).await,
            Err(error) => Err(error),
        };
        match round {
            Ok(true) => self.outage.succeeded(),
            Ok(false) => {
                self.outage.succeeded();
                self.store.0.waker.spans.expire();
                let pause = self.pause(&subscribers).await;
                self.idle(pause).await;
            }
            Err(error) if error.is_serialization() => {
                tracing::debug!(target: "events_durable", "the workers wait: {error}");
                let _ = self.hand_back().await;
                self.sleep(self.settings.poll_interval).await;
            }
            Err(error) => {
                // What is in hand is handed back now, or when that is possible, unless it was taken over before: at the end of
                // its lease.
                let pause = self.outage.failed(&error);
                let _ = self.hand_back().await;
                self.sleep(pause).await;
            }
        }
    }

    /// Claims and delivers once for each subscriber. Returns whether there was something.
    async fn round(
        &self,
        subscribers: &Subscribers,
        sizes: &mut BTreeMap<&'static str, ClaimSize>,
        upkeep: Option<&mut Upkeep>,
    ) -> Result<bool, StoreError> {
        let mut found = false;
        // Each task begins with another subscriber.
        let count = subscribers.0.len().max(1);
        let (behind, first) = subscribers.0.split_at(self.number % count);
        for receiver in first.iter().chain(behind) {
            if *self.stop.borrow() {
                return Ok(true);
            }
            let size = sizes.entry(receiver.id()).or_insert(ClaimSize::new());
            found |= self.deliver_some(receiver, size).await?;
        }
        if let Some(upkeep) = upkeep
            && (!found || upkeep.is_due(self.settings.poll_interval))
        {
            found |= upkeep.run(&self.store, subscribers).await?;
        }
        Ok(found)
    }

    /// Claims deliveries of a subscriber, and delivers them.
    async fn deliver_some(
        &self,
        receiver: &Receiver,
        size: &mut ClaimSize,
    ) -> Result<bool, StoreError> {
        let Settings {
            lease, claim_size, ..
        } = self.settings;
        let most = receiver.most_attempts();
        let limit = size.get(claim_size, lease, most);
        let pool = &self.store.0.pool;
        let claims = DB::claim(pool, receiver.id(), limit, lease, most).await?;
        let found = !claims.is_empty();
        self.in_hand
            .fill(claims.into_iter().map(Arc::new).collect());
        let mut extended = Instant::now();
        let mut tx = None;
        while let Some(claim) = self.in_hand.first() {
            if *self.stop.borrow() {
                break;
            }
            if extended.elapsed() > lease / 3 {
                extended = Instant::now();
                tx = None; // the connection may be the only one
                self.extend().await?;
                if self.in_hand.first().as_ref() != Some(&claim) {
                    continue;
                }
            }
            let begun = Instant::now();
            let attempt = Attempt {
                store: &self.store,
                receiver,
                claim: &claim,
                in_hand: &self.in_hand,
                lease,
                poll_interval: self.settings.poll_interval,
            };
            attempt.run(&mut tx).await?;
            self.in_hand.end_first();
            size.add(begun.elapsed());
        }
        drop(tx);
        self.hand_back().await?;
        Ok(found)
    }

    /// Extends the leases of what is in hand, and leaves out what another worker has taken over.
    async fn extend(&self) -> Result<(), StoreError> {
        let claims = self.in_hand.all();
        let refs: Vec<&Claim> = claims.iter().map(|claim| &**claim).collect();
        let held = DB::extend(&self.store.0.pool, &refs, self.settings.lease).await?;
        let held = claims.into_iter().zip(held);
        let held = held.filter_map(|(claim, is_held)| is_held.then_some(claim));
        self.in_hand.fill(held.collect());
        Ok(())
    }

    /// Hands back what is in hand and was not begun. After an error it still is.
    async fn hand_back(&self) -> Result<(), StoreError> {
        let claims = self.in_hand.all();
        if claims.is_empty() {
            return Ok(());
        }
        let refs: Vec<&Claim> = claims.iter().map(|claim| &**claim).collect();
        DB::hand_back(&self.store.0.pool, &refs, Duration::ZERO).await?;
        self.in_hand.remove(&claims);
        Ok(())
    }

    /// How long there is nothing to do, unless something is stored.
    async fn pause(&self, subscribers: &Subscribers) -> Duration {
        let ids: Vec<_> = subscribers
            .0
            .iter()
            .map(|one| one.id().to_owned())
            .collect();
        let due = DB::next_due(&self.store.0.pool, &ids).await;
        let longest = self.settings.poll_interval;
        due.ok().flatten().map_or(longest, |due| due.min(longest))
    }

    /// Waits until something is stored, or for that time.
    async fn idle(&mut self, time: Duration) {
        tokio::select! {
            _ = self.woken.changed() => {}
            _ = self.stop.changed() => {}
            () = sleep(time) => {}
        }
    }

    /// Waits for that time, unless the workers end.
    async fn sleep(&mut self, time: Duration) {
        let _ = timeout(time, self.stop.wait_for(|stop| *stop)).await;
    }
}

/// Wakes the workers when another program has stored something.
pub(super) async fn listen<DB: Engine>(
    store: Durable<DB>,
    pause: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let mut listener = None;
    while !*stop.borrow() {
        let Some(open) = &mut listener else {
            match DB::listen(&store.0.pool).await {
                Ok(None) => return, // there are no notifications
                Ok(opened) => listener = opened,
                Err(_) => _ = timeout(pause, stop.wait_for(|stop| *stop)).await, // the poll finds what is stored
            }
            continue;
        };
        tokio::select! {
            notified = open.notified() => match notified {
                Ok(()) => store.0.waker.wake_here(),
                Err(_) => _ = timeout(pause, stop.wait_for(|stop| *stop)).await,
            },
            _ = stop.changed() => {}
        }
    }
}
