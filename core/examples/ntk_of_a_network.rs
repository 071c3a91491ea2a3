//! The NTK of a network (Definition 2) tends to the closed form of Example 2 as the network grows wide
//! (Theorem 1).

use ntk_core::{EmpiricalNtk, Error, Kernel, Network, Ntk, Params, Relu};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const X: [f64; 2] = [0.6, 0.8];
const Y: [f64; 2] = [1.0, 0.0];

/// K(x, y) of a network of width K, averaged over 100 initialisations.
fn average<const K: usize>() -> Result<(f64, f64), Error> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..100 {
        let mut network = Network::new(Relu, Params::<f64, 2, K>::zero());
        network.initialize(&mut rng);
        let k = EmpiricalNtk::new(&network, 0)?.value(&X, &Y);
        sum += k;
        squares += (k - Ntk::new(Relu).value(&X, &Y)).powi(2);
    }
    Ok((sum / 100.0, (squares / 100.0).sqrt()))
}

fn main() -> Result<(), Error> {
    let limit = Ntk::new(Relu).value(&X, &Y);
    println!("width  mean K(x, y)  RMS distance from {limit:.4}");
    let rows = [
        (16, average::<16>()?),
        (64, average::<64>()?),
        (256, average::<256>()?),
        (1024, average::<1024>()?),
    ];
    for (width, (mean, distance)) in rows {
        println!("{width:5}  {mean:12.4}  {distance:.4}");
    }
    let (narrow, wide) = (rows[0].1.1, rows[3].1.1);
    assert!((narrow / wide - 8.0).abs() < 2.0, "1/sqrt k: 64 times the units, an eighth of the distance");
    Ok(())
}
