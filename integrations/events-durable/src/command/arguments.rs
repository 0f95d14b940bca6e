//! The arguments of the command, whose documentation is its help.

use std::{
    str::FromStr,
    time::{Duration, SystemTime},
};

use clap::{Args, Parser, Subcommand};

/// The subcommands of `myapp events`, as arguments that a program with `clap` mounts.
///
/// ```
/// use clap::Parser;
/// use events_durable::command::EventsCommand;
///
/// #[derive(Parser)]
/// enum Arguments {
///     /// Runs the server.
///     Serve,
///     /// Stored events and their deliveries.
///     Events(EventsCommand),
/// }
///
/// let arguments = Arguments::try_parse_from(["myapp", "events", "retry", "mail.confirm", "--yes"])?;
/// let Arguments::Events(command) = arguments else { panic!() };
/// // command.run(&store, &mut Terminal::standard()).await?;
/// # Ok::<(), clap::Error>(())
/// ```
#[derive(Args, Clone, Debug)]
#[command(about = "Stored events and their deliveries", long_about = None)]
pub struct EventsCommand {
    #[command(subcommand)]
    pub(super) action: Action,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum Action {
    /// Counts the deliveries of each subscriber
    Stats(Output),
    /// Lists dead deliveries, which have failed too often
    Dead(Dead),
    /// Tries dead deliveries again, with all their attempts
    Retry(DeadOnes),
    /// Deletes dead deliveries
    Discard(DeadOnes),
    /// Delivers events once more, if they are still kept
    Replay(Replay),
    /// Stops the deliveries of a subscriber until it is resumed; those under way are completed
    Pause(OneSubscriber),
    /// Ends a pause
    Resume(OneSubscriber),
    /// Deletes a subscriber that no program has any longer, with all its deliveries
    Retire(OneSubscriber),
    /// Deletes old events that all their subscribers have received
    Purge(Purge),
}

/// Stored events, their deliveries, and the subscribers that receive them
// The text above is that of the help: these are the arguments without a program around them.
#[derive(Debug, Parser)]
#[command(name = "events")]
pub(super) struct Standalone {
    #[command(flatten)]
    pub(super) command: EventsCommand,
}

/// How something is printed.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Output {
    /// Prints JSON, for programs
    #[arg(long)]
    pub(super) json: bool,
}

/// How a change is confirmed, and its result printed.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Change {
    /// Does not ask whether to continue
    #[arg(long, short)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) output: Output,
}

/// The arguments of `dead`.
#[derive(Args, Clone, Debug)]
pub(super) struct Dead {
    /// The id of a subscriber, such as `mail.confirm`; without it, those of all subscribers
    pub(super) subscriber: Option<String>,
    /// The most that are listed of each subscriber, the oldest first
    #[arg(long, default_value_t = 50)]
    pub(super) limit: u32,
    #[command(flatten)]
    pub(super) output: Output,
}

/// The arguments of `retry` and `discard`.
#[derive(Args, Clone, Debug)]
pub(super) struct DeadOnes {
    /// The id of the subscriber
    pub(super) subscriber: String,
    /// The numbers of events, the first column of `dead`; without them, all that are dead
    #[arg(long = "only", value_name = "NUMBER", num_args = 1..)]
    pub(super) only: Vec<i64>,
    #[command(flatten)]
    pub(super) change: Change,
}

/// The arguments of `replay`.
#[derive(Args, Clone, Debug)]
pub(super) struct Replay {
    /// The id of the subscriber
    pub(super) subscriber: String,
    /// Only events emitted since then: `2h`, `7d`, or `2026-05-01T10:00:00Z`
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<Moment>,
    /// Only events emitted before
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<Moment>,
    /// Only events of this topic
    #[arg(long)]
    pub(super) topic: Option<String>,
    #[command(flatten)]
    pub(super) change: Change,
}

/// The arguments of `pause`, `resume` and `retire`.
#[derive(Args, Clone, Debug)]
pub(super) struct OneSubscriber {
    /// The id of the subscriber
    pub(super) subscriber: String,
    #[command(flatten)]
    pub(super) change: Change,
}

/// The arguments of `purge`.
#[derive(Args, Clone, Debug)]
pub(super) struct Purge {
    /// How long all subscribers have had the events, such as `30d`
    #[arg(long, value_name = "AGE", value_parser = humantime::parse_duration)]
    pub(super) older_than: Duration,
    #[command(flatten)]
    pub(super) change: Change,
}

/// A time, or an age: how long ago it was.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// This time.
    At(SystemTime),
    /// So long before now.
    Ago(Duration),
}

impl Moment {
    /// One before 1970 is the beginning of that year.
    pub(super) fn time(self) -> SystemTime {
        match self {
            Self::At(time) => time,
            Self::Ago(age) => SystemTime::now()
                .checked_sub(age)
                .unwrap_or(SystemTime::UNIX_EPOCH),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(time) = humantime::parse_rfc3339_weak(text) {
            return Ok(Self::At(time));
        }
        humantime::parse_duration(text).map(Self::Ago).map_err(|_| {
            "neither an age, such as `2h` or `7d`, nor a time, such as `2026-05-01T10:00:00Z`"
                .to_owned()
        })
    }
}
