//! An async emission whose chain is suspended at an awaited handler.

use std::{
    pin::Pin,
    task::{Poll, Waker},
};

use super::emission::AsyncEmission;
use crate::{
    background::Select,
    context::{CatchSpan, EmitGuard},
    emit::run_all::{self, Dispatch},
    event::Event,
    result::{FailureList, Recording},
};

impl<E: Event> AsyncEmission<E> {
    /// Continues the chain behind an awaited handler, and then starts the async handlers.
    #[cold]
    pub(super) fn resume_chain(
        self: Pin<&mut Self>,
        waker: &Waker,
        recording: Option<&Recording>,
    ) -> Poll<()> {
        let this = self.project();
        let _entered = this.span.get().and_then(CatchSpan::enter);
        let background_run = this.background_run;
        let origin = background_run.origin().cloned();
        let core = this.registry.core();
        let emit_context = core.emit_context::<E::Family>(origin.as_ref(), background_run.site());
        let failures = FailureList::recording(recording);
        let polled = match EmitGuard::try_reenter(E::info(), background_run.state()) {
            Err(refusal) => {
                *this.stats = background_run.end_chain(&refusal, &failures);
                Poll::Ready(())
            }
            Ok(guard) => {
                let dispatch = Dispatch {
                    guard: &guard,
                    emit_context,
                    select: Select::Async,
                    waker,
                    stats: this.stats,
                    failures: &failures,
                    last: this.rare,
                };
                run_all::resume(background_run, dispatch)
            }
        };
        let failures = failures.into_inner();
        if !failures.is_none() {
            this.failures
                .get_or_insert_default()
                .extend(failures.into_vec());
        }
        polled
    }
}
