//! The inline buffer of a future set, and where a pending future of the set is.

use std::{cell::UnsafeCell, mem::MaybeUninit};

pub(super) const INLINE_BYTES: usize = 256;

/// The bytes of the futures that are not boxed. Futures with a greater alignment are boxed.
#[repr(C, align(16))]
pub(super) struct InlineBuffer(UnsafeCell<[MaybeUninit<u8>; INLINE_BYTES]>);

impl InlineBuffer {
    #[inline]
    pub(super) const fn new() -> Self {
        Self(UnsafeCell::new(
            [const { MaybeUninit::uninit() }; INLINE_BYTES],
        ))
    }

    /// The first byte.
    #[inline(always)]
    pub(super) fn start(&self) -> *mut u8 {
        self.0.get().cast()
    }
}

/// Where a future is.
#[derive(Clone, Copy)]
pub(super) enum Storage {
    /// In the buffer, at this offset.
    InlineBuffer(usize),
    Boxed(*mut ()),
}

impl Storage {
    /// The address of the future, in a buffer that starts at `inline` if it is not boxed.
    pub(super) fn at(self, inline: *mut u8) -> *mut () {
        match self {
            Self::InlineBuffer(offset) => inline.wrapping_add(offset).cast(),
            Self::Boxed(future) => future,
        }
    }
}
