//! The first line of the text of a failed emit.

use std::fmt;

use super::failure::Failure;

/// Writes how many subscribers failed or were not reached, and how many middlewares around the emission failed.
pub(crate) fn write_summary(
    failures: &[Failure],
    ran: usize,
    topic: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let is_unreached = |failure: &&Failure| !failure.cause().is_from_call();
    let unreached = failures.iter().filter(is_unreached).count();
    let of_middleware = |failure: &&Failure| failure.subscriber().is_middleware;
    let middlewares = failures.iter().filter(of_middleware).count();
    let middleware = match middlewares {
        1 => "a middleware around it failed".to_owned(),
        _ => format!("{middlewares} middlewares around it failed"),
    };
    let were = if unreached == 1 { "was" } else { "were" };
    match failures.len() - unreached - middlewares {
        0 if unreached == 0 => return write!(f, "the emission of `{topic}` failed: {middleware}"),
        0 => write!(
            f,
            "of the subscribers of `{topic}`, {unreached} {were} not reached"
        )?,
        failed => {
            match ran {
                1 => write!(f, "the only subscriber of `{topic}` that ran failed")?,
                _ => write!(
                    f,
                    "{failed} of the {ran} subscribers of `{topic}` that ran failed"
                )?,
            }
            if unreached > 0 {
                write!(f, ", and {unreached} {were} not reached")?;
            }
        }
    }
    if middlewares > 0 {
        return write!(f, "; {middleware}");
    }
    if failures.len() == unreached {
        f.write_str(":")?;
    }
    Ok(())
}
