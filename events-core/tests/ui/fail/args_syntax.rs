//! `args!` takes `name: value` and `secret name: value`, each name once.

use events_core::args;

fn main() {
    let user = 7;
    drop(args! { user });
    drop(args! { user: });
    drop(args! { user = user });
    drop(args! { hidden user: user });
    drop(args! { "user": user });
    drop(args! { user: user, secret user: user });
    drop(args! { type: user, r#type: user });
    drop(args! { user: user; mode: 1 });
}
