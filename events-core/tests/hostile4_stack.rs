//! Fourth hostile round: nested flushes and emits that are suspended, and then dropped or resumed on small stacks.
#![allow(missing_docs)]

use std::{
    env,
    future::Future,
    pin::Pin,
    process::Command,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use events_core::{Event, Registry};

#[derive(Event, Clone)]
struct E<const N: usize>([u8; N], usize);

fn in_child(test: &str, f: fn()) {
    if env::var_os("H4").is_some() {
        return f();
    }
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--nocapture"]).env("H4", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[derive(Clone, Default)]
struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);
impl Gate {
    fn open(&self) {
        let wakers = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
    fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let gate = self.clone();
        std::future::poll_fn(move |context| {
            let mut state = gate.0.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
    }
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Clone, Copy, PartialEq)]
enum How {
    Flush,
    Work,
    Emit,
    Mixed,
}

/// Suspends nested events of `depth` levels.
fn nested<const N: usize>(how: How, depth: usize, gate: &Gate) -> (Vec<Registry>, Task) {
    let registries: Vec<_> = (0..=depth).map(|_| Registry::new()).collect();
    for (index, registry) in registries.iter().enumerate() {
        registry.set_depth_limit(256);
        let next = registries.get(index + 1).cloned();
        let gate = gate.clone();
        registry
            .on_async(move |_: &E<N>| {
                let (next, open) = (next.clone(), gate.wait());
                let how = match how {
                    How::Mixed => [How::Flush, How::Emit, How::Work][index % 3],
                    how => how,
                };
                let future: Task = Box::pin(async move {
                    let Some(next) = next else { return open.await };
                    enter::<N>(&next, how).await;
                });
                future
            })
            .detach();
    }
    let mut task = enter::<N>(&registries[0], if how == How::Mixed { How::Flush } else { how });
    assert!(task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    (registries, task)
}

fn enter<const N: usize>(registry: &Registry, how: How) -> Task {
    let event = E([0; N], 0);
    match how {
        How::Emit => {
            let emit = registry.emit_async(event);
            Box::pin(async { _ = emit.await })
        }
        How::Flush | How::Mixed => {
            registry.enqueue(event).ok().unwrap();
            let flush = registry.queue().flush_async();
            Box::pin(async { _ = flush.await })
        }
        How::Work => {
            registry.enqueue(event).ok().unwrap();
            let queue = registry.queue();
            let settle = registry.queue().settle_async();
            let mut work = queue.work(1);
            // The work and the settle together.
            let mut settle = Box::pin(settle);
            Box::pin(std::future::poll_fn(move |context| {
                _ = Pin::new(&mut work).poll(context);
                settle.as_mut().poll(context).map(|_| ())
            }))
        }
    }
}

fn on_stack<T: Send>(kib: usize, f: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(kib * 1024);
        builder.spawn_scoped(scope, f).unwrap().join().unwrap()
    })
}

#[derive(Clone, Copy)]
enum End {
    Drop,
    Shutdown,
    Resume,
}

/// Nests on a large stack, and ends on a small one.
fn run<const N: usize>(how: How, depth: usize, small: usize, end: End) {
    let gate = Gate::default();
    let (registries, mut task) = on_stack(64 * 1024, || nested::<N>(how, depth, &gate));
    on_stack(small, || match end {
        End::Drop => drop(task),
        End::Shutdown => {
            for registry in &registries {
                drop(registry.queue().shutdown(Duration::ZERO));
            }
            drop(task);
        }
        End::Resume => {
            gate.open();
            for _ in 0..3 {
                if task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
            }
            drop(task);
        }
    });
    on_stack(64 * 1024, || {
        for registry in &registries {
            drop(registry.queue().shutdown(Duration::ZERO));
        }
    });
}

macro_rules! tests {
    ($($name:ident $n:literal $how:ident $depth:literal $small:literal $end:ident;)*) => {$(
        #[test]
        fn $name() {
            in_child(stringify!($name), || run::<$n>(How::$how, $depth, $small, End::$end));
        }
    )*};
}

tests! {
    drop_flushes 16 Flush 200 64 Drop;
    drop_works 16 Work 200 64 Drop;
    drop_emits 16 Emit 200 64 Drop;
    drop_mixed 16 Mixed 200 64 Drop;
    drop_flushes_4k 4096 Flush 200 128 Drop;
    drop_mixed_4k 4096 Mixed 200 128 Drop;
    drop_mixed_8k 8192 Mixed 200 256 Drop;
    shutdown_flushes 16 Flush 200 64 Shutdown;
    shutdown_mixed 16 Mixed 200 64 Shutdown;
    shutdown_mixed_4k 4096 Mixed 200 128 Shutdown;
    resume_flushes 16 Flush 200 256 Resume;
    resume_works 16 Work 200 256 Resume;
    resume_emits 16 Emit 200 256 Resume;
    resume_mixed 16 Mixed 200 256 Resume;
    resume_mixed_4k 4096 Mixed 200 512 Resume;
    resume_mixed_16k 16384 Mixed 200 2048 Resume;
    resume_emits_16k 16384 Emit 200 2048 Resume;
}
