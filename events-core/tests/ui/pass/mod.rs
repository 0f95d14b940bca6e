//! The twins of the cases in `fail`: the same programs with the mistake mended. They are modules of one program, so
//! that they are built once; none is run.

/// Declares the modules and lists their names.
macro_rules! twins {
    ($($name:ident)*) => {
        $(mod $name;)*

        pub(crate) const TWINS: &[&str] = &[$(stringify!($name)),*];
    };
}

twins! {
    args_borrowed
    args_not_send
    args_syntax
    async_borrowed
    async_not_send
    awaited_body_not_sync
    awaited_by_hand
    awaited_captures
    awaited_not_send
    awaited_options
    background_changes
    background_not_clone
    background_return
    bridge_choose
    bridge_no_conversion
    bridge_no_event
    bridge_no_senders
    bridge_no_source
    bridge_topic
    bridge_with
    broken_body
    broken_syntax
    concurrency
    concurrency_values
    deferred_borrowed
    delay
    delay_values
    emit_async_unused
    emit_not_an_event
    emit_syntax
    enqueue_borrowed
    enqueue_not_send
    event_copies
    event_copy
    event_options
    event_places
    event_shapes
    extern_subscriber
    field_default
    field_options
    field_set_twice
    field_type
    flush_not_a_function
    flush_options
    flush_return
    generic_subscriber
    handler_by_value
    handler_lifetimes
    handler_param
    handler_param_async
    handler_return
    listener_add
    listener_block
    listener_cfg_attr
    listener_handler
    listener_no_handler
    listener_not_sync
    listener_on_alone
    listener_options
    listener_receiver
    listener_subscriber
    method
    missing_field
    missing_field_enqueue
    missing_field_same_names
    missing_field_try_emit
    no_builder
    not_a_function
    not_an_event
    observer_events
    observer_methods
    on_async_block_not_send
    on_async_not_send
    on_borrowed
    on_closure
    origin_number
    origin_pointer
    policies
    policy_values
    run_time_handlers
    serialize
    serialize_secret
    subscriber_options
    subscriber_targets
    subscriber_when
    topics
    unknown_field
}
