//! Units in the order in which they need a recheck: one skew heap for each group, in lent memory.
//!
//! A skew heap is a binary tree whose root has the smallest key. Two heaps are merged by walking down their
//! right branches and swapping the children on the way. The swaps keep the branches short on average
//! (Sleator and Tarjan 1986): any sequence of pushes and pops costs O(log k) for each of them.

use crate::Scalar;

/// The index that stands for no unit.
pub(super) const NONE: u32 = u32::MAX;

/// The links and keys of all units. A unit is in one heap at most.
#[derive(Debug)]
pub(super) struct Queue<'m, T> {
    /// The path length at which each unit needs a recheck.
    keys: &'m mut [T],
    left: &'m mut [u32],
    right: &'m mut [u32],
    /// The root of each group's heap.
    roots: &'m mut [u32],
}

impl<'m, T: Scalar> Queue<'m, T> {
    pub(super) fn new(keys: &'m mut [T], [left, right]: [&'m mut [u32]; 2], roots: &'m mut [u32]) -> Self {
        roots.fill(NONE);
        Self { keys, left, right, roots }
    }

    /// Empties all heaps.
    pub(super) fn clear(&mut self) {
        self.roots.fill(NONE);
    }

    /// Returns the smallest key of a group.
    pub(super) fn first(&self, group: usize) -> Option<T> {
        self.keys.get(self.root(group) as usize).copied()
    }

    pub(super) fn push(&mut self, group: usize, unit: u32, key: T) {
        if let Some(slot) = self.keys.get_mut(unit as usize) {
            *slot = key;
        }
        self.set_children(unit, NONE, NONE);
        let root = self.merge(self.root(group), unit);
        self.set_root(group, root);
    }

    /// Removes the unit with the smallest key from a group.
    pub(super) fn pop(&mut self, group: usize) -> Option<u32> {
        let unit = self.root(group);
        let (left, right) = self.children(unit)?;
        let root = self.merge(left, right);
        self.set_root(group, root);
        Some(unit)
    }

    /// Subtracts `by` from a unit's key. The order of a heap is kept only if all its keys are shifted alike.
    pub(super) fn shift(&mut self, unit: u32, by: T) {
        if let Some(key) = self.keys.get_mut(unit as usize) {
            *key -= by;
        }
    }

    /// Merges two heaps into one and returns the root of the result.
    fn merge(&mut self, mut a: u32, mut b: u32) -> u32 {
        let (mut root, mut parent) = (NONE, NONE);
        while let (Some(key_a), Some(key_b)) = (self.keys.get(a as usize), self.keys.get(b as usize)) {
            if key_b < key_a {
                (a, b) = (b, a);
            }
            // `a` is the next node of the merged right branch. Its children are swapped, and the merge goes
            // on with the child that was on the right.
            let (left, right) = self.children(a).unwrap_or((NONE, NONE));
            self.set_children(a, right, left);
            self.attach(parent, &mut root, a);
            parent = a;
            a = right;
        }
        let rest = if a == NONE { b } else { a };
        self.attach(parent, &mut root, rest);
        root
    }

    /// Attaches a heap where the parent's right child was before the swap, that is on the left.
    fn attach(&mut self, parent: u32, root: &mut u32, child: u32) {
        match self.left.get_mut(parent as usize) {
            Some(slot) => *slot = child,
            None => *root = child,
        }
    }

    fn root(&self, group: usize) -> u32 {
        self.roots.get(group).copied().unwrap_or(NONE)
    }

    fn set_root(&mut self, group: usize, unit: u32) {
        if let Some(root) = self.roots.get_mut(group) {
            *root = unit;
        }
    }

    fn children(&self, unit: u32) -> Option<(u32, u32)> {
        Some((*self.left.get(unit as usize)?, *self.right.get(unit as usize)?))
    }

    fn set_children(&mut self, unit: u32, left: u32, right: u32) {
        if let (Some(l), Some(r)) = (self.left.get_mut(unit as usize), self.right.get_mut(unit as usize)) {
            (*l, *r) = (left, right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random pushes and pops, some with equal keys, give the units in the order of a sorted list.
    #[test]
    fn units_come_out_in_the_order_of_their_keys() {
        const UNITS: usize = 200;
        let (mut keys, mut roots) = ([0.0; UNITS], [0; 2]);
        let (mut left, mut right) = ([0; UNITS], [0; UNITS]);
        let mut queue = Queue::new(&mut keys, [&mut left, &mut right], &mut roots);
        let mut inside = [None; UNITS];
        let mut word = 1u32;
        for _ in 0..5_000 {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let unit = (word >> 8) as usize % UNITS;
            if inside[unit].is_none() && word >> 31 == 0 {
                let key = f64::from(word >> 20 & 63);
                inside[unit] = Some(key);
                queue.push(1, unit as u32, key);
            } else if let Some(found) = queue.pop(1) {
                let least = inside.iter().flatten().copied().fold(f64::INFINITY, f64::min);
                assert_eq!(inside[found as usize].take(), Some(least));
            }
            let least = inside.iter().flatten().copied().fold(f64::INFINITY, f64::min);
            assert_eq!(queue.first(1).unwrap_or(f64::INFINITY), least);
            assert_eq!(queue.first(0), None);
        }
        queue.clear();
        assert_eq!(queue.pop(1), None);
    }
}
