//! What JavaScript calls: functions of numbers, and one block of numbers for all that is more than one.
//!
//! Every function returns 0, or 1 if the core refused. Numbers go in and out through [`numbers`]; what stands
//! there is said with each function.

use core::cell::UnsafeCell;

use ntk_core::Error;

use crate::lab::{GRID, Lab, ROOM};
use crate::{Choice, Example, WIDTHS};

/// Everything that the page has. All zeros, so that the module does not carry it.
struct State {
    lab: Lab,
    example: Example,
    numbers: [f64; NUMBERS],
}

/// Room for three curves and a few numbers.
const NUMBERS: usize = 3 * GRID + 8;

struct Shared(UnsafeCell<State>);

// SAFETY: WebAssembly without its threads proposal, as this module is compiled, has one thread for an
// instance.
unsafe impl Sync for Shared {}

static STATE: Shared =
    Shared(UnsafeCell::new(State { lab: Lab::new(), example: Example::new(), numbers: [0.0; NUMBERS] }));

fn state<R>(act: impl FnOnce(&mut State) -> R) -> R {
    // SAFETY: one thread; the functions below call neither each other nor JavaScript, and keep no reference.
    act(unsafe { &mut *STATE.0.get() })
}

fn code(outcome: Result<(), Error>) -> u32 {
    u32::from(outcome.is_err())
}

/// Writes numbers to the start of the block, or from `at` on.
fn write(numbers: &mut [f64], at: usize, values: impl IntoIterator<Item = f64>) {
    numbers.iter_mut().skip(at).zip(values).for_each(|(place, value)| *place = value);
}

/// Where the block of numbers lies.
#[unsafe(no_mangle)]
pub extern "C" fn numbers() -> *mut f64 {
    state(|s| s.numbers.as_mut_ptr())
}

/// The points of a curve.
#[unsafe(no_mangle)]
pub extern "C" fn grid() -> usize {
    GRID
}

/// The most samples.
#[unsafe(no_mangle)]
pub extern "C" fn room() -> usize {
    ROOM
}

/// Takes n samples from the block: x, y, x, y, ..
#[unsafe(no_mangle)]
pub extern "C" fn fit(n: usize) -> u32 {
    state(|s| {
        let (samples, _) = s.numbers.as_chunks::<2>();
        samples.get(..n).map_or(1, |samples| code(s.lab.fit(samples)))
    })
}

/// Sets activation and noise.
#[unsafe(no_mangle)]
pub extern "C" fn set(activation: u32, noise: f64) -> u32 {
    state(|s| code(s.lab.set(Choice::from_number(activation), noise)))
}

/// Draws the networks' weights.
#[unsafe(no_mangle)]
pub extern "C" fn draw(seed: u32) -> u32 {
    state(|s| code(s.lab.draw(u64::from(seed))))
}

/// Puts the networks back to the start.
#[unsafe(no_mangle)]
pub extern "C" fn restart() -> u32 {
    state(|s| s.lab.restart());
    0
}

/// Takes steps with one network.
#[unsafe(no_mangle)]
pub extern "C" fn descend(index: usize, steps: u32) -> u32 {
    state(|s| code(s.lab.descend(index, steps)))
}

/// Into the block: mean, lower and upper ends of the interval.
#[unsafe(no_mangle)]
pub extern "C" fn kernel() -> u32 {
    state(|s| {
        let [low, high] = s.lab.interval();
        for (i, curve) in [s.lab.mean(), low, high].into_iter().enumerate() {
            write(&mut s.numbers, i * GRID, curve.iter().copied());
        }
        0
    })
}

/// Into the block: the network, the linearised one trained to the end, then both distances from the kernel's
/// mean, steps, mean squared residual, rate and |w - w0|^2.
#[unsafe(no_mangle)]
pub extern "C" fn network(index: usize) -> u32 {
    state(|s| {
        let (Ok(curve), Some(line)) = (s.lab.network(index), s.lab.line(index)) else { return 1 };
        write(&mut s.numbers, 0, curve);
        write(&mut s.numbers, GRID, line.iter().copied());
        write(&mut s.numbers, 2 * GRID, [s.lab.distance(&curve), s.lab.distance(line)]);
        write(&mut s.numbers, 2 * GRID + 2, s.lab.progress(index));
        write(&mut s.numbers, 2 * GRID + 5, [s.lab.moved(index)]);
        0
    })
}

/// Draws Example 3; into the block: its samples as x, y, ..
#[unsafe(no_mangle)]
pub extern "C" fn example(seed: u32) -> u32 {
    state(|s| {
        let drawn = s.example.draw(u64::from(seed));
        write(&mut s.numbers, 0, s.example.samples().flatten());
        code(drawn)
    })
}

/// Into the block: the NTK's curve for Example 3, then its test error.
#[unsafe(no_mangle)]
pub extern "C" fn example_kernel() -> u32 {
    state(|s| {
        let Ok((test_mse, curve)) = s.example.kernel() else { return 1 };
        write(&mut s.numbers, 0, curve);
        write(&mut s.numbers, GRID, [test_mse]);
        0
    })
}

/// Trains the network of this number on Example 3; into the block: its curve, test error and steps.
#[unsafe(no_mangle)]
pub extern "C" fn example_network(index: usize) -> u32 {
    state(|s| {
        let Some(Ok(trained)) = WIDTHS.get(index).map(|&width| s.example.train(width)) else { return 1 };
        write(&mut s.numbers, 0, trained.curve);
        write(&mut s.numbers, GRID, [trained.test_mse, f64::from(trained.outcome.steps)]);
        0
    })
}
