//! What the parameters of a subscriber state about it when they are prepared.

use std::{any::TypeId, borrow::Cow, fmt, ops::Deref, sync::Arc};

/// The marks that the parameters of a subscriber give it, and what they need.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParamNotes {
    /// The types with which they have marked it.
    marks: Vec<TypeId>,
    /// What they need in a call, in words; each once.
    needs: Vec<Cow<'static, str>>,
}

impl ParamNotes {
    pub(crate) fn mark<T: 'static>(&mut self) {
        self.marks.push(TypeId::of::<T>());
    }

    pub(crate) fn add_need(&mut self, need: Cow<'static, str>) {
        if !self.needs.contains(&need) {
            self.needs.push(need);
        }
    }

    /// Adds the notes of a further parameter.
    pub(crate) fn merge(&mut self, other: Self) {
        self.marks.extend(other.marks);
        for need in other.needs {
            self.add_need(need);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.marks.is_empty() && self.needs.is_empty()
    }

    pub(super) fn has_mark<T: 'static>(&self) -> bool {
        self.marks.contains(&TypeId::of::<T>())
    }

    pub(super) fn needs(&self) -> &[Cow<'static, str>] {
        &self.needs
    }
}

/// Notes that are shared. Their type is erased: each program would otherwise compile how they are dropped, for its events.
#[derive(Clone)]
pub(crate) struct ParamNotesRef(Arc<dyn AsParamNotes>);

trait AsParamNotes: Send + Sync {
    fn as_param_notes(&self) -> &ParamNotes;
}

impl AsParamNotes for ParamNotes {
    fn as_param_notes(&self) -> &ParamNotes {
        self
    }
}

impl ParamNotesRef {
    pub(crate) fn new(notes: ParamNotes) -> Self {
        Self(Arc::new(notes))
    }
}

impl Deref for ParamNotesRef {
    type Target = ParamNotes;

    fn deref(&self) -> &ParamNotes {
        self.0.as_param_notes()
    }
}

impl fmt::Debug for ParamNotesRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
