//! Lists of units in lent memory.

use super::queue::NONE;

/// A linked list of units, last in first out, with one link for each unit.
#[derive(Debug)]
pub(super) struct List<'m> {
    links: &'m mut [u32],
    first: u32,
}

impl<'m> List<'m> {
    pub(super) fn new(links: &'m mut [u32]) -> Self {
        Self { links, first: NONE }
    }

    pub(super) fn clear(&mut self) {
        self.first = NONE;
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.first == NONE
    }

    pub(super) fn push(&mut self, unit: u32) {
        if let Some(link) = self.links.get_mut(unit as usize) {
            *link = self.first;
            self.first = unit;
        }
    }

    pub(super) fn pop(&mut self) -> Option<u32> {
        let unit = self.first;
        self.first = *self.links.get(unit as usize)?;
        Some(unit)
    }

    /// Iterates over all units, the last one pushed first.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let next = |unit: &u32| self.links.get(*unit as usize).copied();
        core::iter::successors((self.first != NONE).then_some(self.first), move |unit| {
            next(unit).filter(|&n| n != NONE)
        })
    }
}
