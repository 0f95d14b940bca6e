//! primitives.

mod catch;
mod option_box;
mod plural;
pub(crate) mod sync;
mod type_map;

pub(crate) use catch::drop_contained;
pub(crate) use option_box::Rare;
pub(crate) use plural::Count;
pub(crate) use type_map::ByType;
