//! Event types: fields, parameters, shapes, and the names around them.

pub mod arguments;
pub mod fields;
pub mod generics;
pub mod hidden;
pub mod imported;
pub mod linted;
pub mod macro_generated;
pub mod shadowed;
pub mod shapes;
