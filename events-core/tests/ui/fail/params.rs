//! Parameters of a program: types that implement `Param`.

mod param_shape {
    //! Parameters of other types than that for which `Param` is implemented.

    use events_core::{
        Event,
        failures::BoxError,
        handlers::{CallContext, Param, Prepare, PrepareError},
        subscriber,
    };

    #[derive(Event, Clone)]
    struct OrderPlaced;

    struct Tenant(u32);

    impl Param for Tenant {
        type Kept = ();
        type Held<'c> = u32;
        type Item<'i> = Tenant;

        fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
            Ok(())
        }

        fn acquire<'c>((): &'c (), _: &'c CallContext<'c>) -> Result<u32, BoxError> {
            Ok(7)
        }

        fn item<'i, 'c: 'i>(held: &'i mut u32) -> Tenant {
            Tenant(*held)
        }
    }

    #[subscriber]
    fn by_reference(_: &OrderPlaced, tenant: &Tenant) {
        let _ = tenant.0;
    }

    struct Tx<'t>(&'t mut Vec<u8>);

    impl Param for Tx<'_> {
        type Kept = ();
        type Held<'c> = Vec<u8>;
        type Item<'i> = &'i mut Vec<u8>;

        fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
            Ok(())
        }

        fn acquire<'c>((): &'c (), _: &'c CallContext<'c>) -> Result<Vec<u8>, BoxError> {
            Ok(vec![])
        }

        fn item<'i, 'c: 'i>(held: &'i mut Vec<u8>) -> &'i mut Vec<u8> {
            held
        }
    }

    #[subscriber]
    fn other_item(_: &OrderPlaced, tx: Tx<'_>) {
        tx.0.clear();
    }

    struct Local;

    impl Param for Local {
        type Kept = ();
        type Held<'c> = std::rc::Rc<u8>;
        type Item<'i> = Local;

        fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
            Ok(())
        }

        fn acquire<'c>((): &'c (), _: &'c CallContext<'c>) -> Result<std::rc::Rc<u8>, BoxError> {
            Ok(std::rc::Rc::new(7))
        }

        fn item<'i, 'c: 'i>(_: &'i mut std::rc::Rc<u8>) -> Local {
            Local
        }
    }

    #[subscriber]
    async fn held_over_await(_: &OrderPlaced, _: Local) {}
}

fn main() {}
