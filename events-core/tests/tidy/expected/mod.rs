//! What the rules expect of this workspace, as data: its structure in `house`, its words in `vocabulary`.

pub(super) mod house;
pub(super) mod vocabulary;
