//! Durable delivery as its users see it, on both databases. The tests of PostgreSQL run if it is installed; see `server`.
//!
//! What went wrong in other libraries, and the test that covers it. `kills`, `codecs` and `store` are other test binaries.
//!
//! | Report | What happened there | Test |
//! |---|---|---|
//! | Spring Modulith 395, 399 | marked done although the call failed | `failing::a_failed_attempt_is_repeated`, `failing::what_a_failed_attempt_wrote_is_rolled_back` |
//! | Spring Modulith 549 | a renamed listener: nothing was delivered, silently | `faults::versions::what_was_stored_for_a_renamed_subscriber_is_reported_and_kept` |
//! | Spring Modulith 321, 663, 926 | what is in progress was started again | `delivering::a_long_call_keeps_its_lease`, `store::concurrency::what_a_transaction_holds_is_not_claimed_after_its_lease` |
//! | Spring Modulith 1123 | outside of a transaction neither stored nor delivered | `emitting::an_emit_outside_of_a_transaction_fails`, `an_async_emit_outside_of_a_transaction_has_its_own` |
//! | Spring Modulith 502 | a purge took what was not done | `store::operating::a_purge_never_takes_what_is_not_done` |
//! | CAP 118 | delivered before the commit | `faults::restarts::nothing_is_delivered_before_the_commit` |
//! | CAP 171 | of 10 in one transaction 6 were delivered again | `faults::restarts::of_ten_in_one_transaction_none_is_repeated_after_a_restart` |
//! | CAP 1625 | the database of the receiver was gone, and messages were lost | `kills`: `the_server_is_gone_for_a_while` |
//! | wolverine 565 | not delivered after a crash | `kills`: `processes_on_sqlite_..`, `processes_on_postgres_..` |
//! | wolverine 585 | the recovery delivered what was under way | `delivering::a_long_call_keeps_its_lease`, `faults::restarts::a_rolling_restart_loses_and_repeats_nothing` |
//! | wolverine 1825 | stuck, owned by a program that runs but does not see it | `faults::cut_off::a_worker_that_is_cut_off_repeats_nothing_that_it_committed`, `store::keys::the_sweep_finds_what_no_step_made_ready` |
//! | oban 603 | stays "executing" after a shutdown or a crash | `faults::restarts::a_shutdown_hands_back_at_once_what_has_not_begun`, `delivering::a_shutdown_hands_back_what_does_not_end_in_time`, `kills` |
//! | oban 493, 832 | waits for a notification that does not arrive | `faults::database::without_notifications_the_poll_delivers` |
//! | river 1302 | the recovery overwrote what was done: it compared the id alone | `faults::leases::a_program_that_lost_its_lease_marks_nothing`, `store::claiming::a_later_claim_makes_the_earlier_one_void` |
//! | graphile-worker 254 | a queue was locked for good by a job whose attempts were used up | `faults::leases::a_dead_one_of_a_key_is_reported_and_the_key_continues_when_it_is_discarded`, `faults::leases::what_was_lost_too_often_is_dead_also_under_load` |
//! | watermill 311, marten 1629 | a transaction that committed later was passed over | `store::concurrency::commits_in_reverse_lose_nothing` |
//! | nats-server 7564, 3272 | acknowledged before it was on the disk; seen once within two minutes only | JetStream is not used yet; for the databases: `kills`, with `pg_ctl stop -m immediate` |

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod delivering;
mod emitting;
mod failing;
mod faults;
mod log;
mod operating;
mod orm;
mod payloads;
mod registering;
mod shop;
mod spans;

#[path = "../store/database.rs"]
#[allow(dead_code, reason = "the tests of the store use the rest")]
mod database;
#[path = "../store/server.rs"]
mod server;
