//! Background handlers: async and deferred ones, which run after the sync handlers of an event and only
//! read it. They run concurrently: on the task of an async emit, or from the queue, where they receive a
//! *snapshot*, a clone of the event. A deferred handler, sync or async, always runs from the queue.
//!
//! - `background_plan`: the background handlers of one event type, and the loop that starts them;
//! - `starter`: how each of them is called, and how it ends;
//! - `start_order`: when each of them is started;
//! - `filtered_handler`: one of them, with its filters and its type erased;
//! - `background_run`: the dispatch of one event to the handlers of one plan;
//! - `measured_poll`: its poll by an async emit, which measures the stack;
//! - `run_trait`: the trait of a run with its event type erased; `erased_run`: its implementation;
//! - `background_result`: what its handlers returned so far;
//! - `future_set` (with `unsafe`): the futures of a run, which borrow the event in the same set;
//! - `copies`: handlers of events of any type, and the copy that they receive;
//! - `once_handler`: a handler that runs at most once;
//! - `inline_buffer`: the memory of these futures;
//! - `policies`: handlers with limits on their calls, timeouts and retries, and the calls that are made later;
//! - `wrapped`: the calls of handlers through middleware;
//! - `awaited`: handlers that are awaited in the chain, and the run of a chain with such handlers.

mod awaited;
mod background_plan;
mod background_result;
mod background_run;
mod copies;
mod erased_run;
mod filtered_handler;
mod future_set;
mod inline_buffer;
mod measured_poll;
mod once_handler;
mod policies;
mod run_trait;
mod start_order;
mod starter;
mod wrapped;

pub use awaited::{
    Awaited, AwaitedHandler, BorrowedAwaitedHandler, StatefulAwaitedHandler,
    StatefulBorrowedAwaitedHandler, boxed,
};
pub(crate) use awaited::{
    AwaitedCall, BorrowedAwaitedCall, FilteredAwaited, StatefulAwaitedCall,
    StatefulBorrowedAwaitedCall,
};
pub(crate) use background_plan::{BackgroundHandler, BackgroundPlan, DeferredRun};
pub(crate) use background_result::{BackgroundResult, UnfinishedHandlers};
pub(crate) use background_run::BackgroundRun;
pub(crate) use copies::{ChainEvent, FilteredCopyHandler, HeldEvent, RunEvent, copy_event};
pub(crate) use filtered_handler::FilteredHandler;
pub use once_handler::OnceHandler;
pub(crate) use policies::CallState;
pub use policies::{KeyFn, PolicyHandler, TimedAwaited, key_fn};
pub(crate) use run_trait::{CallSchedule, ErasedBackgroundRun, NextCalls};
pub(crate) use start_order::Select;

/// The chain of an event type that has awaited handlers.
pub(crate) type AwaitedChain = awaited::AwaitedChain<BackgroundPlan>;

/// A part of such a chain.
pub(crate) type ChainStep = awaited::ChainStep<BackgroundPlan>;

/// An awaited handler with its type erased.
pub(crate) type ErasedAwaited = awaited::ErasedAwaited<BackgroundPlan>;
