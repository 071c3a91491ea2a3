//! `peers.json`: what the suites of other libraries assert: kernels of any depth, readouts, training.

use host::kernels::{AnyKernel, KernelSpec, Kind};
use ntk_core::dynamics::Training;
use ntk_core::{Architecture, Dataset, Dynamics, Kernel, Ntk, Sine};
use serde::Deserialize;

use crate::data;
use crate::tolerances::{Worst, check, largest, roundings};

const N: usize = 4;

#[derive(Deserialize)]
struct File {
    x: [[f64; 3]; N],
    y: [[f64; 1]; N],
    queries: Vec<[f64; 3]>,
    kernels: Vec<Kernels>,
    training: Vec<Trained>,
    arc_cosine: Vec<ArcCosine>,
    newer: Vec<Newer>,
}

/// Kernels between different inputs, 1 and 0, 2 and 0, 2 and 1 and so on.
#[derive(Deserialize)]
struct Newer {
    phi: String,
    parameters: Vec<f64>,
    depth: u16,
    w: f64,
    b: f64,
    x: [[f64; 3]; N],
    nngp: Vec<f64>,
    /// None for what jumps.
    ntk: Option<Vec<f64>>,
}

#[derive(Deserialize)]
struct Kernels {
    phi: String,
    depth: u16,
    w: f64,
    b: f64,
    nngp: [[f64; N]; N],
    ntk: [[f64; N]; N],
}

#[derive(Deserialize)]
struct Trained {
    phi: String,
    depth: u16,
    w: f64,
    b: f64,
    /// `ntk` if all layers are trained, `nngp` if the readout is.
    trained: String,
    time: f64,
    mean: Vec<f64>,
    variance: Vec<f64>,
}

#[derive(Deserialize)]
struct ArcCosine {
    order: usize,
    layers: u16,
    values: [[f64; N]; N],
}

fn kernel(kind: Kind, phi: &str, depth: u16, [weight_variance, bias_variance]: [f64; 2]) -> AnyKernel<f64> {
    let activation = phi.parse().unwrap();
    KernelSpec { kind, activation, depth, weight_variance, bias_variance }.build().unwrap()
}

/// Compares a kernel with its values, in units of u sqrt(K(x, x) K(y, y)): between different inputs, and of
/// an input with itself.
fn compare(
    kernel: &AnyKernel<f64>,
    x: &[[f64; 3]; N],
    values: &[[f64; N]; N],
    worst: &mut [Worst; 2],
    place: &str,
) {
    for i in 0..N {
        for j in 0..N {
            let scale = (values[i][i] * values[j][j]).sqrt();
            let error = roundings(kernel.value(&x[i], &x[j]), values[i][j], scale);
            worst[usize::from(i == j)].see(error, format_args!("{place}, inputs {i} and {j}"));
        }
    }
}

#[test]
fn kernels_of_any_depth() {
    let File { x, kernels, arc_cosine, .. } = data::read("peers.json");
    assert_eq!(kernels.len(), 9 * 10 * 3 + 2 + 3);
    let mut worst = [Worst::new(), Worst::new()];
    for Kernels { phi, depth, w, b, nngp, ntk } in &kernels {
        let place = format!("{phi}, {depth} layers, w = {w}, b = {b}");
        compare(&kernel(Kind::Nngp, phi, *depth, [*w, *b]), &x, nngp, &mut worst, &place);
        compare(&kernel(Kind::Ntk, phi, *depth, [*w, *b]), &x, ntk, &mut worst, &place);
    }
    let [different, own] = &worst;
    check::<f64>("kernels of neural-tangents", different);
    check::<f64>("its kernels of equal inputs", own);
    let mut worst = [Worst::new(), Worst::new()];
    for ArcCosine { order, layers, values } in &arc_cosine {
        let kernel = kernel(Kind::Nngp, ["step", "relu"][*order], *layers, [1.0, 0.0]);
        compare(&kernel, &x, values, &mut worst, &format!("order {order}, {layers} layers"));
    }
    let [different, own] = &worst;
    check::<f64>("arc-cosine kernels", different);
    check::<f64>("arc-cosine kernels of equal inputs", own);
}

#[test]
fn newer_activations() {
    let rows = data::read::<File>("peers.json").newer;
    assert_eq!(rows.len(), 3 * (3 + 1 + 1 + 3 + 3 + 3) + 8);
    let mut worst = Worst::new();
    for row in &rows {
        let named =
            row.parameters.iter().fold(row.phi.clone(), |name, parameter| format!("{name}:{parameter}"));
        let place = format!("{named}, {} layers, w = {}, b = {}", row.depth, row.w, row.b);
        let mut compare = |kernel: &dyn Kernel<f64>, values: &[f64]| {
            let pairs = (0..N).flat_map(|i| (0..i).map(move |j| (i, j)));
            for ((i, j), value) in pairs.zip(values) {
                let [x, y] = [i, j].map(|i| row.x[i]);
                let scale = (kernel.value(&x, &x) * kernel.value(&y, &y)).sqrt();
                worst.see(roundings(kernel.value(&x, &y), *value, scale), &place);
            }
        };
        let architecture = Architecture { depth: row.depth, weight_variance: row.w, bias_variance: row.b };
        if let ("sine", &[scale, phase]) = (row.phi.as_str(), row.parameters.as_slice()) {
            let sine = Ntk::with(Sine { scale, phase }, architecture);
            compare(&sine.nngp(), &row.nngp);
            compare(&sine, row.ntk.as_ref().unwrap());
            continue;
        }
        compare(&kernel(Kind::Nngp, &named, row.depth, [row.w, row.b]), &row.nngp);
        if let Some(ntk) = &row.ntk {
            compare(&kernel(Kind::Ntk, &named, row.depth, [row.w, row.b]), ntk);
        }
    }
    check::<f64>("newer kernels of neural-tangents", &worst);
}

#[test]
fn training_of_all_layers_and_of_the_readout() {
    let File { x, y, queries, training, .. } = data::read("peers.json");
    assert_eq!(training.len(), 3 * 2 * 3);
    let mut worst = Worst::new();
    for row in &training {
        let of = |kind| kernel(kind, &row.phi, row.depth, [row.w, row.b]);
        let trained = if row.trained == "ntk" { Kind::Ntk } else { Kind::Nngp };
        let mut network = Dynamics::<f64, _, 3, N>::new(of(trained));
        network.fit(&Dataset::new(&x, &y).unwrap()).unwrap();
        let place = format!("{}, {} trained, time {}", row.phi, row.trained, row.time);
        let flow = Training::Flow(row.time);
        let mean: Vec<f64> = queries.iter().map(|x| network.mean(x, flow).unwrap()[0]).collect();
        worst.compare(&mean, &row.mean, largest(y.as_flattened()), &place);
        let start = of(Kind::Nngp);
        let deviation = |x| network.deviation(&start, x, flow).unwrap();
        let variance: Vec<f64> = queries.iter().map(|x| deviation(x).powi(2)).collect();
        let prior: Vec<f64> = queries.iter().map(|x| start.value(x, x)).collect();
        worst.compare(&variance, &row.variance, largest(&prior), &place);
    }
    check::<f64>("training by neural-tangents", &worst);
}
