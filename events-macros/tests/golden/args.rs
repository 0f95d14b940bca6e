//! Written by a macro, for this:
//!
//! ```
//! args! { user: id, secret r#type: text() }
//! ```

fn args() -> Args {
    let args = events_core::emitting::Args::new();
    let value = id;
    let args = {
        struct user {}
        let json = events_core::__private::ArgProbe::of(&value).json();
        args.__with::<user, _>("user", value, json, false)
    };
    let value = text();
    let args = {
        struct r#type {}
        let json = events_core::__private::ArgProbe::of(&value).json();
        args.__with::<r#type, _>("type", value, json, true)
    };
    args
}
