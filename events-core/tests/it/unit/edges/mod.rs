//! Units at their edges: scopes in any order, ends in the midst of emits, many registries, and large units.

mod before_commit;
mod ends;
mod large;
mod registries;
mod scopes;

use super::{Did, Moved, registry};
