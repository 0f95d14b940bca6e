//! The declared handlers and the listeners of the programs; `program/table.rs` has their options.

use events_core::{AnyEvent, Emission, Retry, listener, subscriber};

use super::{
    calls::{self, Call, Outcome, Scripted},
    events::{A, B},
};

#[subscriber]
pub(super) fn declared_0(event: &mut A, emission: &Emission) -> Outcome {
    calls::sync(0, &mut event.value, emission)
}

#[subscriber(priority = 5, after = declared_3)]
pub(super) fn declared_1(event: &mut A, emission: &Emission) -> Outcome {
    calls::sync(1, &mut event.value, emission)
}

#[subscriber(A, B)]
pub(super) fn declared_2(event: &dyn AnyEvent, emission: &Emission) -> Outcome {
    calls::any(2, event, emission)
}

#[subscriber(topic = "one::.*", priority = -5)]
pub(super) fn declared_3(event: &dyn AnyEvent, emission: &Emission) -> Outcome {
    calls::any(3, event, emission)
}

const ONCE_MORE: Retry = calls::RETRY.max_retries(1);
const TWICE_MORE: Retry = calls::RETRY.max_retries(2);

#[subscriber(retry = ONCE_MORE)]
pub(super) async fn declared_4(event: &A, emission: &Emission) -> Result<(), Scripted> {
    calls::asynchronous(4, event.value, emission).await
}

#[subscriber(deferred, after = declared_4, retry = TWICE_MORE)]
pub(super) fn declared_5(event: &A, emission: &Emission) -> Result<(), Scripted> {
    calls::deferred(5, event.value, emission)
}

#[subscriber(concurrency = 1, origin = "o1")]
pub(super) async fn declared_6(event: &B, emission: &Emission) -> Result<(), Scripted> {
    calls::asynchronous(6, event.value, emission).await
}

#[subscriber(after = declared_0)]
pub(super) async fn declared_7(event: &mut A, emission: &Emission) -> Outcome {
    calls::in_place(7, &mut event.value, Some(emission)).await
}

#[subscriber(once, when = |event: &A| event.value % 2 == 0)]
pub(super) fn declared_8(event: &mut A, emission: &Emission) -> Outcome {
    calls::sync(8, &mut event.value, emission)
}

#[subscriber(after = declared_4)]
pub(super) async fn declared_9(event: &A, emission: &Emission) -> Result<(), Scripted> {
    calls::asynchronous(9, event.value, emission).await
}

#[subscriber(after = declared_9)]
pub(super) async fn declared_10(event: &A, emission: &Emission) -> Result<(), Scripted> {
    calls::asynchronous(10, event.value, emission).await
}

/// The module of the declared subscribers.
pub(super) const MODULE: &str = module_path!();

/// A listener whose methods have the numbers from `first` on.
pub(super) struct ScriptedListener {
    pub(super) first: usize,
}

#[listener]
impl ScriptedListener {
    #[on]
    pub(super) fn method_0(&self, event: &mut A, emission: &Emission) -> Outcome {
        calls::sync(self.first, &mut event.value, emission)
    }

    #[on(A, B)]
    pub(super) fn method_1(&self, event: &dyn AnyEvent, emission: &Emission) -> Outcome {
        calls::any(self.first + 1, event, emission)
    }

    #[on(topic = "two::.*", priority = 3)]
    pub(super) fn method_2(&self, event: &dyn AnyEvent, emission: &Emission) -> Outcome {
        calls::any(self.first + 2, event, emission)
    }

    #[on(retry = ONCE_MORE)]
    pub(super) async fn method_3(&self, event: &B, emission: &Emission) -> Result<(), Scripted> {
        self.call(3, event, emission).await
    }

    #[on(deferred, priority = 1, after = Self::method_3)]
    pub(super) fn method_4(&self, event: &B, emission: &Emission) -> Result<(), Scripted> {
        calls::deferred(self.first + 4, event.value, emission)
    }

    #[on(priority = 1)]
    pub(super) async fn method_5(&self, event: &mut B, emission: &Emission) -> Outcome {
        calls::in_place(self.first + 5, &mut event.value, Some(emission)).await
    }

    fn call(
        &self,
        method: usize,
        event: &B,
        emission: &Emission,
    ) -> Call<'static, Result<(), Scripted>> {
        calls::asynchronous(self.first + method, event.value, emission)
    }
}
