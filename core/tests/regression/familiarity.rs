//! The familiarity of an input against its definition: all n + 1 inputs, each with its nearest neighbour.

use ntk_core::regression::bytes::{Contents, Flash};
use ntk_core::regression::{Fixed, Flat};
use ntk_core::{Error, Ntk, Regression, Relu};

use crate::support::{normal_points, rng};

type Model<const N: usize> = Regression<Ntk<Relu>, Fixed<f64, 3, N>>;

fn distance(x: &[f64; 3], y: &[f64; 3]) -> f64 {
    x.iter().zip(y).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
}

/// The share of all inputs, x among them, whose nearest neighbour is at least as far as that of x.
fn defined(samples: &[[f64; 3]], x: &[f64; 3]) -> f64 {
    let all: Vec<&[f64; 3]> = samples.iter().chain([x]).collect();
    let nearest = |i: usize| {
        let others = (0..all.len()).filter(|&j| j != i);
        others.map(|j| distance(all[i], all[j])).fold(f64::INFINITY, f64::min)
    };
    let own = nearest(samples.len());
    (0..all.len()).filter(|&i| nearest(i) >= own).count() as f64 / all.len() as f64
}

#[test]
fn it_is_a_share_of_distances_to_the_nearest_neighbour() {
    for seed in 0..40 {
        let samples: [[f64; 3]; 9] = normal_points(&mut rng(seed));
        let mut model = Model::<9>::new(Ntk::new(Relu), Fixed::new());
        model.fit(&samples, &[1.0; 9], 0.1).unwrap();
        let block = Flat::new(3, 9, 1, vec![0.0; Flat::<f64>::len(3, 9, 1)]).unwrap();
        let mut lent = Regression::new(Ntk::new(Relu), block);
        lent.fit_empty(&samples, &[1.0; 9], 0.1).unwrap();
        let mut bytes = vec![0; model.written_len(Contents::Means)];
        model.write(Contents::Means, &mut bytes).unwrap();
        let stored: Regression<Ntk<Relu>, Flash<'_, f64, 3, 9>> = Regression::open(&bytes).unwrap();
        let mut queries: [[f64; 3]; 8] = normal_points(&mut rng(100 + seed));
        queries[6] = samples[4]; // at distance 0
        queries[7] = [1e3, 0.0, 0.0];
        for x in &queries {
            let expected = Ok(defined(&samples, x));
            let found = [model.familiarity(x), lent.familiarity_of(x), stored.familiarity(x)];
            assert_eq!(found, [expected; 3], "{seed}: {x:?}");
        }
        assert_eq!(model.familiarity(&queries[7]), Ok(0.1), "of ten inputs this one is farthest");
    }
}

#[test]
fn equal_distances_count_as_at_least_as_far() {
    let line = |x: f64| [x, 0.0, 0.0];
    let mut model = Model::<3>::new(Ntk::new(Relu), Fixed::new());
    model.fit(&[line(1.0), line(2.0), line(4.0)], &[1.0; 3], 0.1).unwrap();
    // Nearest neighbours at 1, 1 and 2.
    for (x, expected) in [(3.0, 4), (2.5, 4), (5.0, 4), (5.5, 2), (6.0, 2), (6.5, 1), (-0.5, 2), (2.0, 4)] {
        assert_eq!(model.familiarity(&line(x)), Ok(f64::from(expected) / 4.0), "{x}");
    }
}

/// Without another sample, nothing says how far apart inputs are.
#[test]
fn one_sample_finds_every_input_familiar() {
    let mut model = Model::<1>::new(Ntk::new(Relu), Fixed::new());
    assert_eq!(model.familiarity(&[1.0; 3]), Err(Error::NotFitted));
    model.fit(&[[1.0, 0.0, 0.0]], &[2.0], 0.1).unwrap();
    assert_eq!(model.familiarity(&[1e9, 0.0, 0.0]), Ok(1.0));
    assert!(matches!(model.familiarity(&[f64::NAN, 0.0, 0.0]), Err(Error::NotFinite { .. })));
    assert!(matches!(model.familiarity_of(&[1.0; 2]), Err(Error::Shape { .. })));
}
