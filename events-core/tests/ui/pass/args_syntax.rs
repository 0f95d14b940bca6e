//! The fix: `name: value` and `secret name: value`, each name once.

use events_core::args;

fn main() {
    let user = 7;
    drop(args! {});
    drop(args! { user: user });
    drop(args! { secret user: user, });
    drop(args! { secret: user, secret r#type: user, kind: user });
}
