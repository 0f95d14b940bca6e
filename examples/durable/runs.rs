//! The processes: one that starts the others, and each of these.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    time::Duration,
};

use clap::{Args, ValueEnum};
use events_core::registry;
use events_durable::{
    Durable,
    command::{self, Terminal},
};
use tokio::time::{sleep, timeout};

use crate::{
    crash::{self, Place},
    database::Database,
    mails::Mails,
    shop::place,
};

/// The arguments of a child process.
#[derive(Args)]
pub(crate) struct Run {
    /// The last order that it places
    last: i64,
    /// The file of the mails
    mails: PathBuf,
    /// Where it aborts; without it, it finishes all deliveries
    #[arg(long)]
    crash: Option<Place>,
}

/// Starts one child process after the other, and shows what they have done together.
pub(crate) async fn all<DB: Database>(
    database: &str,
    folder: &Path,
    store: &Durable<DB>,
) -> Result<(), Box<dyn Error>> {
    store.migrate().await?;
    DB::create_tables(store.pool()).await?;
    let mails = folder.join("mails.txt");
    let before = orders(store).await?;
    let crashes = [
        Some(Place::InTheOrder),
        Some(Place::AfterItsCommit),
        Some(Place::InTheLedger),
        Some(Place::AfterTheMail),
        None,
    ];
    for (number, crash) in (1..).zip(crashes) {
        let status = child::<DB>(database, before + 20 * number, &mails, crash)?;
        match crash {
            Some(place) if status.code() != Some(1) && !status.success() => {
                println!("run {number}: aborted {}", place.text());
            }
            None if status.success() => println!("run {number}: finished"),
            _ => return Err(format!("run {number} did not end as expected: {status}").into()),
        }
    }

    let booked = "SELECT count(*) FROM shop_ledger";
    let twice = "SELECT count(*) FROM (SELECT id FROM shop_ledger GROUP BY id HAVING count(*) > 1) AS twice";
    println!("orders: {}", orders(store).await? - before);
    println!(
        "in the ledger: {}, of which {} twice",
        DB::number(store.pool(), booked).await? - before,
        DB::number(store.pool(), twice).await?
    );
    println!("mails, without repetitions: {}", Mails::new(mails).count()?);
    println!("$ durable events stats");
    command::run(store, ["stats"], &mut Terminal::standard()).await?;
    Ok(())
}

async fn orders<DB: Database>(store: &Durable<DB>) -> sqlx::Result<i64> {
    DB::number(store.pool(), "SELECT count(*) FROM shop_orders").await
}

fn child<DB: Database>(
    database: &str,
    last: i64,
    mails: &Path,
    crash: Option<Place>,
) -> std::io::Result<ExitStatus> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(DB::OPTION).arg(database).arg("run");
    command.arg(last.to_string()).arg(mails);
    if let Some(place) = crash.and_then(|place| place.to_possible_value()) {
        command.arg("--crash").arg(place.get_name());
    }
    command.status()
}

/// A child process: places orders, and delivers their events.
pub(crate) async fn one<DB: Database>(store: &Durable<DB>, run: Run) -> Result<(), Box<dyn Error>> {
    if let Some(place) = run.crash {
        crash::at(place);
    }
    DB::add_subscribers(Mails::new(run.mails));
    store.register(&registry()).await?;
    // What an aborted process has claimed is delivered again after the lease: a short one, as the example is to end soon.
    let workers = store.worker().lease(Duration::from_secs(1)).spawn_tokio();

    for order in orders(store).await? + 1..=run.last {
        place(store, order).await?;
    }
    timeout(Duration::from_secs(60), all_delivered(store)).await??;
    workers.shutdown(Duration::from_secs(5)).await;
    Ok(())
}

async fn all_delivered<DB: Database>(store: &Durable<DB>) -> Result<(), Box<dyn Error>> {
    while store
        .stats()
        .await?
        .iter()
        .any(|subscriber| subscriber.depth > 0)
    {
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
