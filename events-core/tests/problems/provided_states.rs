//! A missing state is reported with the states that were provided.

use std::sync::Arc;

use events_core::{scanning::Scanner, subscribers};

use super::{Ledger, Mailer, mail, problems, scan_of, with_location};

/// The text of the first missing state, without the name of its subscriber.
fn missing_state_text(scanner: Scanner) -> String {
    let text = problems(scanner)[0].to_string();
    let begin = format!("{} has the parameter ", with_location("mail"));
    let rest = text.strip_prefix(&begin);
    rest.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn a_missing_state_is_reported_with_the_states_that_were_provided() {
    let check = |scanner: Scanner, provided: &str| {
        let expected = format!(
            "State<problems::Mailer>, which no scan provides{provided}; \
             add .state(..) to the scanner: events_core::scanner().state(value).run()"
        );
        assert_eq!(missing_state_text(scanner), expected);
    };
    let scan = || scan_of(subscribers![mail]);
    check(scan(), "");
    check(scan().state(Ledger), " (provided: State<problems::Ledger>)");
    let two = scan().state(Arc::new(Mailer)).state(Ledger);
    check(
        two,
        " (provided: State<alloc::sync::Arc<problems::Mailer>>, State<problems::Ledger>)",
    );
    let three = scan().state(7_u32).state("text").state(Ledger);
    check(
        three,
        " (provided: State<&str>, State<problems::Ledger>, State<u32>)",
    );
}
