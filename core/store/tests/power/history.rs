//! What happens to a model in the field: two hundred changes, and a save now and then.

use ntk_core::regression::WhenFull;
use ntk_core::regression::bytes::Contents;
use ntk_core::stream::Occasion;
use ntk_core::{Listener, Sensor};
use ntk_store::{Change, Event, Model};

/// A model whose state can be compared to the bit.
pub(crate) trait Subject: Model + Clone {
    fn begun() -> Self;
    fn blank() -> Self;
    fn bytes(&self) -> Vec<u8>;
    fn nth(&self, i: usize) -> Self::Change;
}

/// A reading and its truth, the same every time.
fn sample(i: usize) -> (f32, f32) {
    let x = ((i * 7919 + 13) % 1009) as f32 / 100.0;
    (x, 20.0 + x.sin() + 0.01 * ((i * 31) % 17) as f32)
}

impl Subject for Sensor<1, 16> {
    fn begun() -> Self {
        let samples = [(); 10].map(|()| 0);
        let (mut x, mut y) = ([0.0; 10], [0.0; 10]);
        for i in 0..samples.len() {
            (x[i], y[i]) = sample(1000 + i);
        }
        let mut sensor = Self::new();
        sensor.fit(&x, &y).unwrap();
        sensor
    }
    fn blank() -> Self {
        Self::new()
    }
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.written_len(Contents::Everything)];
        self.write(Contents::Everything, &mut bytes).unwrap();
        bytes
    }
    fn nth(&self, i: usize) -> Change<1> {
        let (x, y) = sample(i);
        match i % 11 {
            3 => Change::Remove { index: i % self.len() },
            7 => Change::Replace { index: (i / 2) % self.len(), x: [x], y },
            9 => Change::Push { x: [x], y, when_full: WhenFull::DropRedundant },
            _ => Change::Push { x: [x], y, when_full: WhenFull::DropOldest },
        }
    }
}

impl Subject for Listener<1, 12> {
    fn begun() -> Self {
        let mut stream = Self::new();
        stream.set_range(&[0.0], &[10.0]).unwrap();
        stream.set_labels(&18.0, &22.0).unwrap();
        stream.hear(&[5.0], 19.0).unwrap();
        stream
    }
    fn blank() -> Self {
        Self::new()
    }
    /// A stream without samples has no file: that after the next sample stands for it.
    fn bytes(&self) -> Vec<u8> {
        let mut stream = self.clone();
        if stream.is_empty() {
            stream.hear(&[1.0], 20.0).unwrap();
        }
        let mut bytes = vec![0; stream.written_len()];
        stream.write(&mut bytes).unwrap();
        bytes.push(u8::from(self.is_empty()));
        bytes
    }
    fn nth(&self, i: usize) -> Event<1> {
        // Once when a save is due, and after few samples, which one more does not fill.
        if i == 46 || i % 31 == 17 {
            return Event::Clear;
        }
        let (x, y) = sample(i);
        let mut occasion = Occasion::USUAL;
        if i.is_multiple_of(5) {
            occasion = Occasion { elapsed: 2.5, noise: Some(0.02) };
        }
        Event::Hear { x: [x], y, occasion }
    }
}
