//! How many units go by groups, and when groups are gathered and rewritten. `core/tests/training/exact.rs`
//! compares the numbers.

extern crate std;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::vec;
use std::vec::Vec;

use super::{Engine, Exact, GATHER_EVERY, REWRITE_AFTER};
use crate::random::standard_normal;
use crate::train::{Trainable, Workspace, workspace_len};
use crate::{Dataset, Error, FlatParams, Network, Relu, Rows, Scalar, Shape};

impl<T: Scalar, A, W> Exact<'_, T, A, W> {
    /// Returns the number of units that are in no group.
    fn free_units(&self) -> usize {
        match &self.engine {
            Engine::Arcs(engine) => engine.free_units(),
            Engine::Patterns(engine) => engine.free_units(),
        }
    }

    /// Returns the number of steps since the groups were last rewritten.
    fn age(&self) -> u32 {
        match &self.engine {
            Engine::Arcs(engine) => engine.age(),
            Engine::Patterns(engine) => engine.age(),
        }
    }
}

/// Trains a random network of this shape on n normal samples, so many steps at each rate of a list. `observe`
/// sees the engine after each entry of the list.
fn train<T: Scalar>(
    (shape, samples, groups): (Shape, usize, usize),
    rates: &[(u32, f64)],
    mut observe: impl FnMut(&Exact<'_, T, Relu, FlatParams<Vec<T>>>),
) -> Result<(), Error> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut normals = |count: usize| -> Vec<T> { (0..count).map(|_| standard_normal(&mut rng)).collect() };
    let (x, y) = (normals(samples * shape.inputs), normals(samples * shape.outputs));
    let weights = FlatParams::new(shape, normals(shape.parameters()))?;
    let rows = (Rows::new(&x, shape.inputs)?, Rows::new(&y, shape.outputs)?);
    let data = Dataset::new(rows.0, rows.1)?;
    let mut network = Network::new(Relu, weights);
    let mut floats = vec![T::ZERO; Exact::floats_len(samples, shape, groups)];
    let mut indices = vec![0; Exact::indices_len(samples, shape, groups)];
    let mut exact = Exact::new(&mut network, samples, groups, &mut floats, &mut indices)?;
    let mut memory = vec![T::ZERO; workspace_len(samples, shape.inputs, shape.outputs)];
    let mut work = Workspace::new(&mut memory, &data)?;
    exact.start(&data, &mut work);
    for &(steps, rate) in rates {
        for _ in 0..steps {
            exact.step(&data, T::from_f64(rate), &mut work);
        }
        observe(&exact);
    }
    Ok(())
}

/// Returns the number of free units after each entry of a list of rates.
fn free_units<T: Scalar>(problem: (Shape, usize, usize), rates: &[(u32, f64)]) -> Result<Vec<usize>, Error> {
    let mut found = Vec::new();
    train::<T>(problem, rates, |exact| found.push(exact.free_units()))?;
    Ok(found)
}

const fn shape(inputs: usize, width: usize, outputs: usize) -> Shape {
    Shape { inputs, width, outputs }
}

/// There are problems of every number of inputs in which most units go by groups.
#[test]
fn most_units_go_by_groups() -> Result<(), Error> {
    for inputs in 1..=8 {
        for outputs in 1..=3 {
            let problem = (shape(inputs, 256, outputs), 5, 256);
            let found = free_units::<f64>(problem, &[(1_000, 0.02)])?;
            assert!(found[0] < 128, "{inputs} inputs, {outputs} outputs: {found:?} of 256 free");
        }
    }
    let found = free_units::<f32>((shape(3, 500, 3), 8, 64), &[(2_000, 0.01)])?;
    assert!(found[0] < 250, "{found:?} of 500 free");
    Ok(())
}

/// Without a table all units are free. A table that is full leaves the others free.
#[test]
fn a_table_bounds_the_number_of_groups() -> Result<(), Error> {
    let free = |groups| Ok(free_units::<f64>((shape(3, 300, 2), 9, groups), &[(500, 0.02)])?[0]);
    let (none, one, some, many) = (free(0)?, free(1)?, free(16)?, free(256)?);
    assert_eq!(none, 300);
    assert!(one < 300 && some < one && many < some, "{one} {some} {many}");
    assert_eq!(free(8)?, one, "eight groups go side by side");
    Ok(())
}

/// Long steps set units free. Steps that hardly move anything let them join a group, at the next multiple of
/// 64 steps.
#[test]
fn free_units_are_gathered() -> Result<(), Error> {
    for (inputs, outputs) in [(2, 1), (2, 2), (3, 1)] {
        let problem = (shape(inputs, 200, outputs), 8, 64);
        let rates = [(GATHER_EVERY + 1, 0.1), (GATHER_EVERY - 2, 1e-9), (3, 1e-9)];
        let found = free_units::<f64>(problem, &rates)?;
        assert!(
            found[1] == found[0] && 2 * found[2] < found[1],
            "{inputs} inputs, {outputs} outputs: {found:?} of 200 free"
        );
    }
    Ok(())
}

/// Groups are rewritten after a number of steps, even if these have hardly moved them.
#[test]
fn groups_are_rewritten_by_age() -> Result<(), Error> {
    for outputs in [1, 2] {
        let mut ages = Vec::new();
        let rates = [(REWRITE_AFTER, 1e-12), (1, 1e-12), (100, 1e-12)];
        train::<f64>((shape(2, 20, outputs), 3, 8), &rates, |exact| ages.push(exact.age()))?;
        assert_eq!(ages, [REWRITE_AFTER, 0, 100], "{outputs} outputs");
    }
    Ok(())
}
