//! The attribute that flushes the queue.

mod flush_not_a_function {
    //! `#[flush_queue]` on a struct, on a method without a body, and on a `const fn`.

    use events_core::flush_queue;

    struct Ledger(u64);

    trait Book {
        fn book(&self);
    }

    #[flush_queue]
    fn size() -> usize {
        3
    }

    impl Book for Ledger {
        #[flush_queue]
        fn book(&self) {
            let _ = self.0;
        }
    }

    fn main() {
        Ledger(1).book();
        let _ = size();
    }
}

mod flush_options {
    //! Options of `#[flush_queue]`: there is one.

    use events_core::flush_queue;

    #[flush_queue]
    fn unknown() {}

    #[flush_queue]
    fn no_value() {}

    #[flush_queue(crate = events_core)]
    fn text() {}

    #[flush_queue(crate = events_core)]
    fn twice() {}

    fn main() {
        (unknown(), no_value(), text(), twice());
    }
}

mod flush_return {
    //! The return type of a function with `#[flush_queue]` is checked as without it.

    use events_core::flush_queue;

    #[flush_queue]
    fn count() -> u32 {
        3
    }

    #[flush_queue]
    async fn count_later() -> u32 {
        3
    }

    fn main() {
        let _ = (count(), count_later());
    }
}

fn main() {}
