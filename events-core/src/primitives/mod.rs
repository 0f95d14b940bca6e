//! primitives.

mod catch;
mod option_box;
mod plural;
pub(crate) mod sync;
mod type_id_hasher;
mod type_map;

pub(crate) use catch::drop_catching;
pub(crate) use option_box::OptionBox;
pub(crate) use plural::Plural;
pub(crate) use type_id_hasher::TypeIdHasher;
pub(crate) use type_map::TypeMap;
