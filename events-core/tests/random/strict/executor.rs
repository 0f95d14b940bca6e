//! An executor on one thread that polls a task only when the waker of its latest poll was called.
//!
//! Each poll has a waker of its own. That of an earlier poll does nothing: a future that is polled again
//! has to keep the new one.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// The number of a task.
pub(crate) type TaskId = usize;

/// While no task is polled.
pub(crate) const NO_TASK: TaskId = usize::MAX;

#[derive(Default)]
pub(crate) struct Executor {
    tasks: Vec<Task>,
}

struct Task {
    name: String,
    /// Until it has ended or is cancelled.
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    latest: Arc<Woken>,
}

/// The waker of one poll.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Executor {
    /// A new task, which is to be polled.
    pub(crate) fn spawn(
        &mut self,
        name: impl Into<String>,
        future: impl Future<Output = ()> + 'static,
    ) -> TaskId {
        self.tasks.push(Task {
            name: name.into(),
            future: Some(Box::pin(future)),
            latest: Arc::new(Woken(AtomicBool::new(true))),
        });
        self.tasks.len() - 1
    }

    /// The tasks that have not ended.
    pub(crate) fn alive(&self) -> Vec<TaskId> {
        let tasks = 0..self.tasks.len();
        tasks.filter(|task| self.is_alive(*task)).collect()
    }

    pub(crate) fn is_alive(&self, task: TaskId) -> bool {
        self.tasks[task].future.is_some()
    }

    /// Those of them that were woken.
    pub(crate) fn woken(&self) -> Vec<TaskId> {
        let mut alive = self.alive();
        alive.retain(|task| self.tasks[*task].latest.0.load(Ordering::Relaxed));
        alive
    }

    pub(crate) fn name(&self, task: TaskId) -> &str {
        &self.tasks[task].name
    }

    /// Polls a task; `current` is its number meanwhile.
    pub(crate) fn poll(&mut self, task: TaskId, current: &AtomicUsize) {
        let Task { future, latest, .. } = &mut self.tasks[task];
        let Some(polled) = future else { return };
        *latest = Arc::default();
        let waker = Waker::from(Arc::clone(latest));
        current.store(task, Ordering::Relaxed);
        let is_over = polled.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Ready(());
        if is_over {
            *future = None;
        }
        current.store(NO_TASK, Ordering::Relaxed);
    }

    /// Wakes a task though nothing has happened.
    pub(crate) fn wake_spuriously(&self, task: TaskId) {
        self.tasks[task].latest.0.store(true, Ordering::Relaxed);
    }

    /// Drops the future of a task.
    pub(crate) fn cancel(&mut self, task: TaskId) {
        self.tasks[task].future = None;
    }
}
