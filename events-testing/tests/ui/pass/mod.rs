//! The twins of the cases in `fail`: the same programs with the mistake mended. They are modules of one program, so
//! that they are built once.

/// Declares the modules and lists their names.
macro_rules! twins {
    ($($name:ident)*) => {
        $(mod $name;)*

        pub(crate) const TWINS: &[&str] = &[$(stringify!($name)),*];
    };
}

twins! {
    emitted_of_a_record_event
    expect_not_an_event
    fake_not_an_event
    matching_a_borrowing_event
    mock_sent_to_a_thread
    order_of_one
    test_on_a_struct
    test_without_a_body
    unknown_option
}
