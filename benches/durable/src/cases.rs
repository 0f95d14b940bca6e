//! Cases that are measured in turns.

use std::{future::Future, pin::Pin, time::Duration};

use bench_report::Result;

/// The time of a case.
pub(crate) struct Measured {
    /// The cases of a group are compared with its first one.
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    /// For one unit: a transaction, a batch, a delivery or a claim.
    pub(crate) time: Duration,
}

type Run<'d> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Duration>> + 'd>> + 'd>;

/// A case, whose function returns the time of one turn.
pub(crate) struct Case<'d> {
    pub(crate) name: &'static str,
    run: Run<'d>,
}

impl<'d> Case<'d> {
    pub(crate) fn new<F: Future<Output = Result<Duration>> + 'd>(
        name: &'static str,
        run: impl Fn() -> F + 'd,
    ) -> Self {
        let run: Run<'d> = Box::new(move || Box::pin(run()));
        Self { name, run }
    }
}

/// Runs the cases in turns. The time of a case is that of its turns, each the lowest of the rounds, divided by the units.
pub(crate) async fn measure(
    group: &'static str,
    cases: &[Case<'_>],
    [rounds, turns, units]: [usize; 3],
) -> Result<Vec<Measured>> {
    let mut lowest = vec![vec![Duration::MAX; turns]; cases.len()];
    // One before, in which statements are prepared and tables grow.
    for round in 0..=rounds {
        for turn in 0..turns {
            for (case, lowest) in cases.iter().zip(&mut lowest) {
                let time = (case.run)().await?;
                if round > 0 {
                    lowest[turn] = lowest[turn].min(time);
                }
            }
        }
    }
    let total = u32::try_from(turns * units)?;
    let measured = cases.iter().zip(lowest).map(|(case, lowest)| Measured {
        group,
        name: case.name,
        time: lowest.iter().sum::<Duration>() / total,
    });
    Ok(measured.collect())
}
