//! The arguments of the command, whose documentation is its help.

use std::{
    str::FromStr,
    time::{Duration, SystemTime},
};

use clap::{Args, Parser, Subcommand};

/// The subcommands of `myapp events`.
///
/// In a program whose arguments are parsed by `clap`:
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
///     #[command(subcommand)]
///     Events(EventsCommand),
/// }
///
/// let arguments = Arguments::try_parse_from(["myapp", "events", "retry", "mail.confirm", "--yes"])?;
/// let Arguments::Events(EventsCommand::Retry(retry)) = arguments else { panic!() };
/// assert_eq!(retry.subscriber, "mail.confirm");
/// # Ok::<(), clap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
#[non_exhaustive]
pub enum EventsCommand {
    /// Counts the deliveries of each subscriber
    Stats(Stats),
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

/// The arguments alone, without a program around them.
#[derive(Debug, Parser)]
#[command(name = "events", about = "Stored events and their deliveries")]
pub(super) struct Standalone {
    #[command(subcommand)]
    pub(super) command: EventsCommand,
}

/// How something is printed.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// Prints JSON, for programs
    #[arg(long)]
    pub json: bool,
}

/// How a change is confirmed, and its result printed.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Does not ask whether to continue
    #[arg(long, short)]
    pub yes: bool,
    /// How the result is printed.
    #[command(flatten)]
    pub output: Output,
}

/// The arguments of `stats`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    /// How the counts are printed.
    #[command(flatten)]
    pub output: Output,
}

/// The arguments of `dead`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// The id of a subscriber, such as `mail.confirm`; without it, those of all subscribers
    pub subscriber: Option<String>,
    /// The most that are listed of each subscriber, the oldest first
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// How they are printed.
    #[command(flatten)]
    pub output: Output,
}

/// The arguments of `retry` and `discard`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct DeadOnes {
    /// The id of the subscriber
    pub subscriber: String,
    /// The numbers of events, the first column of `dead`; without them, all that are dead
    #[arg(long = "only", value_name = "NUMBER", num_args = 1..)]
    pub only: Vec<i64>,
    /// How the change is confirmed.
    #[command(flatten)]
    pub change: Change,
}

/// The arguments of `replay`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// The id of the subscriber
    pub subscriber: String,
    /// Only events emitted since then: `2h`, `7d`, or `2026-05-01T10:00:00Z`
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,
    /// Only events emitted before
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,
    /// Only events of this topic
    #[arg(long)]
    pub topic: Option<String>,
    /// How the change is confirmed.
    #[command(flatten)]
    pub change: Change,
}

/// The arguments of `pause`, `resume` and `retire`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct OneSubscriber {
    /// The id of the subscriber
    pub subscriber: String,
    /// How the change is confirmed.
    #[command(flatten)]
    pub change: Change,
}

/// The arguments of `purge`.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Purge {
    /// The least age of the events, such as `30d`
    #[arg(long, value_name = "AGE", value_parser = humantime::parse_duration)]
    pub older_than: Duration,
    /// How the change is confirmed.
    #[command(flatten)]
    pub change: Change,
}

/// A time, or an age: how long ago it was.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use events_durable::command::Moment;
///
/// assert_eq!("1h 30m".parse::<Moment>()?, Moment::Ago(Duration::from_secs(5400)));
/// let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
/// assert_eq!("1970-01-01T00:00:01Z".parse::<Moment>()?, Moment::At(at));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This time.
    At(SystemTime),
    /// So long before now.
    Ago(Duration),
}

impl Moment {
    /// In milliseconds since 1970; a time before that is 0.
    pub(super) fn millis(self) -> i64 {
        let time = match self {
            Self::At(time) => time,
            Self::Ago(age) => SystemTime::now()
                .checked_sub(age)
                .unwrap_or(SystemTime::UNIX_EPOCH),
        };
        let since = time
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(time) = humantime::parse_rfc3339_weak(text) {
            return Ok(Self::At(time));
        }
        humantime::parse_duration(text)
            .map(Self::Ago)
            .map_err(|_| "neither an age, such as `2h` or `7d`, nor a time, such as `2026-05-01T10:00:00Z`".to_owned())
    }
}
