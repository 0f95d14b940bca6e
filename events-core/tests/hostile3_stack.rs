//! Third hostile round: suspended nested emits that are dropped, and stacks that overflow.

use std::{
    env,
    future::{Future, pending},
    pin::{Pin, pin},
    process::Command,
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use events_core::{Event, Registry};

type Emit = Pin<Box<dyn Future<Output = ()> + Send>>;

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[derive(Event, Clone)]
struct Countdown<const BYTES: usize>(usize, [u8; BYTES]);

/// Each handler awaits an emit of the same event, `depth` emits in total; the innermost is pending.
fn subscribe<const BYTES: usize>(registry: &Registry) {
    let inner = registry.clone();
    registry
        .on_async(move |event: &Countdown<BYTES>| {
            let (inner, left) = (inner.clone(), event.0);
            async move {
                if left == 0 {
                    return pending().await;
                }
                let next = Countdown::<BYTES>(left - 1, [0; BYTES]);
                _ = inner.try_emit_async(next).await.map_err(|error| {
                    assert!(error.too_deep().is_none(), "too deep: {error}");
                });
            }
        })
        .detach();
}

fn on_thread<T: Send + 'static>(stack: usize, f: impl FnOnce() -> T + Send + 'static) -> T {
    let builder = thread::Builder::new().stack_size(stack);
    builder.spawn(f).expect("starts").join().expect("no panic")
}

/// Starts the emits on a large stack.
fn suspended<const BYTES: usize>(depth: usize) -> Emit {
    on_thread(64 << 20, move || {
        let registry = Registry::new();
        subscribe::<BYTES>(&registry);
        let emit = registry.emit_async(Countdown::<BYTES>(depth - 1, [0; BYTES]));
        let mut emit: Emit = Box::pin(async { _ = emit.await });
        assert!(poll_once(&mut emit).is_pending());
        emit
    })
}

fn child(test: &str, var: &str) -> bool {
    let mut command = Command::new(env::current_exe().expect("known"));
    command.args(["--exact", test, "--nocapture", "--include-ignored"]).env("H3", var);
    let output = command.output().expect("runs");
    output.status.success() && String::from_utf8_lossy(&output.stdout).contains("1 passed")
}

/// Runs `body` for each depth in a child; returns the lowest depth that kills it.
fn first_overflow(test: &str, depths: &[usize], body: fn(usize)) -> Option<usize> {
    if let Some(depth) = env::var_os("H3") {
        body(depth.to_str().expect("text").parse().expect("a number"));
        return None;
    }
    let dies = depths.iter().copied().find(|d| !child(test, &d.to_string()));
    eprintln!("{test}: overflows from depth {dies:?}");
    dies
}

/// Starts emits on a stack of 64 MiB, then drops them, or polls them, on one of `stack` KiB.
fn on_stack<const BYTES: usize>(depth: usize, kib: usize, polls: bool) {
    let mut emit = suspended::<BYTES>(depth);
    let emit = on_thread(kib << 10, move || {
        if !polls {
            drop(emit);
            return None;
        }
        let _ = poll_once(&mut emit);
        Some(emit)
    });
    on_thread(64 << 20, move || drop(emit));
}

const DEPTHS: &[usize] = &[16, 24, 32, 40, 48, 64, 80, 96, 112, 127];

/// The refusal drops the rest of the chain where less than 128 KiB of the stack are left.
#[test]
fn resumed_emits_of_4_kib_on_2_mib() {
    let test = "resumed_emits_of_4_kib_on_2_mib";
    let found = first_overflow(test, DEPTHS, |depth| on_stack::<4096>(depth, 2048, true));
    assert_eq!(found, None);
}

#[test]
fn resumed_emits_of_1_kib_on_2_mib() {
    let test = "resumed_emits_of_1_kib_on_2_mib";
    let found = first_overflow(test, DEPTHS, |depth| on_stack::<1024>(depth, 2048, true));
    assert_eq!(found, None);
}

#[test]
fn resumed_emits_without_fields_on_256_kib() {
    let test = "resumed_emits_without_fields_on_256_kib";
    let found = first_overflow(test, DEPTHS, |depth| on_stack::<0>(depth, 256, true));
    assert_eq!(found, None);
}

#[test]
fn dropped_emits_of_4_kib_on_512_kib() {
    let test = "dropped_emits_of_4_kib_on_512_kib";
    let found = first_overflow(test, DEPTHS, |depth| on_stack::<4096>(depth, 512, false));
    assert_eq!(found, None);
}

#[test]
fn dropped_emits_of_16_kib_on_2_mib() {
    let test = "dropped_emits_of_16_kib_on_2_mib";
    let found = first_overflow(test, DEPTHS, |depth| on_stack::<16384>(depth, 2048, false));
    assert_eq!(found, None);
}

#[test]
fn dropped_emits_without_fields_on_128_kib() {
    let test = "dropped_emits_without_fields_on_128_kib";
    let found = first_overflow(test, DEPTHS, |depth| on_stack::<0>(depth, 128, false));
    assert_eq!(found, None);
}

/// A worker of another thread suspended the emit; a shutdown takes its event.
#[test]
fn a_shutdown_takes_nested_emits_of_4_kib_on_512_kib() {
    let test = "a_shutdown_takes_nested_emits_of_4_kib_on_512_kib";
    let found = first_overflow(test, DEPTHS, |depth| {
        let registry = Registry::new();
        let queue = registry.queue();
        let work = on_thread(64 << 20, move || {
            subscribe::<4096>(&registry);
            let event = Countdown::<4096>(depth - 1, [0; 4096]);
            registry.enqueue(event).expect("room");
            let mut work = Box::pin(registry.queue().work(1));
            assert!(poll_once(&mut work).is_pending());
            work
        });
        on_thread(512 << 10, move || {
            let unfinished = queue.shutdown(Duration::ZERO);
            assert_eq!(unfinished.events.len(), 1);
        });
        drop(work);
    });
    assert_eq!(found, None);
}

/// Which of some stacks are too small to drop, or to resume, the emits: a measurement.
#[test]
#[ignore = "a measurement"]
fn measure() {
    if let Some(row) = env::var_os("H3") {
        let row = row.into_string().expect("text");
        let numbers: Vec<usize> = row.split(' ').map(|n| n.parse().expect("a number")).collect();
        let [polls, bytes, depth, kib] = numbers[..] else { panic!() };
        return match bytes {
            0 => on_stack::<0>(depth, kib, polls == 1),
            1024 => on_stack::<1024>(depth, kib, polls == 1),
            4096 => on_stack::<4096>(depth, kib, polls == 1),
            _ => on_stack::<16384>(depth, kib, polls == 1),
        };
    }
    for bytes in [0, 1024, 4096, 16384] {
        for depth in [32, 127] {
            for polls in [0, 1] {
                let dies = |kib: &usize| !child("measure", &format!("{polls} {bytes} {depth} {kib}"));
                let sizes = [64, 96, 128, 160, 192, 224, 256, 320, 384, 512, 768, 1024, 2048, 4096];
                let dying: Vec<_> = sizes.into_iter().filter(dies).collect();
                let what = ["dropped", "resumed"][polls];
                eprintln!("{what}, events of {bytes} bytes, depth {depth}: dies with stacks of {dying:?} KiB");
            }
        }
    }
}
