//! Streams in files: the same bits, and nothing but what was written.

use ntk_core::kernel::StorableKernel;
use ntk_core::regression::Fixed;
use ntk_core::regression::bytes::{FileError, Flash};
use ntk_core::stream::Forgetting;
use ntk_core::{Architecture, Erf, Error, Listener, Ntk, Scalar, Stream};

use crate::samples;

type Two<T> = Listener<2, 7, T, [T; 2]>;

fn heard<T: Scalar>(forgetting: Forgetting<T>) -> Two<T> {
    let mut stream = Two::<T>::new();
    stream.set_forgetting(forgetting).unwrap();
    stream.set_range(&[T::from_f64(-2.0); 2], &[T::from_f64(2.0), T::ONE]).unwrap();
    for (x, y) in samples(200, 0.2, 0.01, 8) {
        stream.hear(&x.map(T::from_f64), [T::from_f64(y), T::from_f64(-2.0 * y)]).unwrap();
    }
    stream
}

fn written<T: Scalar>(stream: &Two<T>) -> Vec<u8>
where
    Ntk<Erf, Architecture<T>>: StorableKernel<T>,
{
    let mut file = vec![0; stream.written_len() + 3];
    assert_eq!(stream.write(&mut file), Ok(stream.written_len()));
    file.truncate(stream.written_len());
    let short = file.len() - 1;
    let mut out = vec![7; short];
    assert_eq!(stream.write(&mut out), Err(FileError::Room { needed: short + 1, found: short }));
    assert!(out.iter().all(|byte| *byte == 7));
    for length in [1, 7, 64, 5000] {
        assert_eq!(pieces(stream, length, &[]), (Ok(file.len()), file.clone()), "{length}");
    }
    file
}

/// What the stream puts in pieces of this length, and what comes of it; each piece after these is refused.
fn pieces<T: Scalar>(
    stream: &Two<T>,
    length: usize,
    refusal: &[FileError],
) -> (Result<usize, FileError>, Vec<u8>)
where
    Ntk<Erf, Architecture<T>>: StorableKernel<T>,
{
    let mut put = Vec::new();
    let result = stream.write_pieces(&mut vec![0; length], |piece| {
        put.extend_from_slice(piece);
        refusal.first().map_or(Ok(()), |&error| Err(error))
    });
    (result, put)
}

#[test]
fn pieces_are_refused_before_the_first_or_end_with_the_error_of_who_takes_them() {
    let stream = heard::<f32>(Forgetting::Never);
    let none = FileError::Room { needed: 1, found: 0 };
    assert_eq!(pieces(&stream, 0, &[]), (Err(none), Vec::new()));
    assert_eq!(pieces(&Two::<f32>::new(), 8, &[]), (Err(FileError::Model(Error::NotFitted)), Vec::new()));
    let (result, put) = pieces(&stream, 8, &[FileError::NotAModel]);
    assert_eq!((result, put.len()), (Err(FileError::NotAModel), 8));
}

fn round_trip<T: Scalar>(forgetting: Forgetting<T>)
where
    Ntk<Erf, Architecture<T>>: StorableKernel<T>,
{
    let mut stream = heard(forgetting);
    let file = written(&stream);
    let mut loaded = Two::<T>::new();
    loaded.hear(&[T::ONE; 2], [T::ZERO; 2]).unwrap();
    loaded.load(&file).unwrap();
    let stored = Stream::<Ntk<Erf, Architecture<T>>, Flash<'_, T, 2, 9, [T; 2]>>::open(&file).unwrap();
    assert_eq!((stored.len(), stored.heard()), (stream.len(), stream.heard()));
    for (i, (x, y)) in samples(60, 0.2, 0.01, 9).into_iter().enumerate() {
        let (x, y) = (x.map(T::from_f64), [T::from_f64(y), T::from_f64(-2.0 * y)]);
        let expected = stream.answer(&x, T::from_f64(0.8));
        assert_eq!(loaded.answer(&x, T::from_f64(0.8)), expected);
        if i == 0 {
            assert_eq!(stored.answer(&x, T::from_f64(0.8)), expected);
            assert_eq!(stored.p_value(&x, y), stream.p_value(&x, y));
            assert_eq!(stored.familiarity(&x), stream.familiarity(&x));
        }
        assert_eq!(loaded.hear(&x, y), stream.hear(&x, y));
    }
    assert_eq!(written(&loaded), written(&stream)); // and it learns on alike
}

#[test]
fn what_was_written_answers_and_learns_on_with_the_same_bits() {
    for forgetting in [Forgetting::Never, Forgetting::Factor(0.99), Forgetting::Auto] {
        round_trip::<f64>(forgetting);
    }
    for forgetting in [Forgetting::Never, Forgetting::Factor(0.99), Forgetting::Auto] {
        round_trip::<f32>(forgetting);
    }
}

#[test]
fn every_changed_byte_is_noticed_and_changes_nothing() {
    let file = written(&heard::<f32>(Forgetting::Auto));
    let mut stream = heard::<f32>(Forgetting::Never);
    let before = format!("{stream:?}");
    for at in 0..file.len() {
        let mut bad = file.clone();
        bad[at] ^= 0x40;
        assert!(stream.load(&bad).is_err(), "byte {at}");
        assert!(Stream::<Ntk<Erf, Architecture<f32>>, Flash<'_, f32, 2, 9, [f32; 2]>>::open(&bad).is_err());
    }
    for length in 0..file.len() {
        assert!(matches!(stream.load(&file[..length]), Err(FileError::Length { .. })), "{length} bytes");
    }
    // In a page of flash the head says how long the file is.
    let page = [file.as_slice(), &[0xff; 100]].concat();
    let of_page = FileError::Length { needed: file.len(), found: page.len() };
    assert_eq!(stream.load(&page), Err(of_page));
    assert_eq!(format!("{stream:?}"), before);
}

/// A file whose checksums are right is still checked.
#[test]
fn what_no_stream_has_is_refused() {
    let good = written(&heard::<f32>(Forgetting::Auto));
    let mut stream = heard::<f32>(Forgetting::Never);
    let before = format!("{stream:?}");
    let end = good.len() - 4;
    for (at, byte, why) in [
        (0, b'M', "magic"),
        (4, 2, "version"),
        (5, 2, "f64"),
        (6, 4, "flags"),
        (16, 200, "basis inputs"),
        (20, 1, "outputs"),
        (27, 0x7f, "rate"),
        (31, 0x7f, "surprise"),
        (35, 0x7f, "tails"),
        (31, 0xff, "surprise below 0"),
    ] {
        let mut bad = good.clone();
        bad[at] = byte;
        if byte == 0x7f {
            bad[at - 1] = 0x80; // infinity
        }
        let checksum = crc(&bad[..end]).to_le_bytes();
        bad[end..].copy_from_slice(&checksum);
        assert!(stream.load(&bad).is_err(), "{why}");
    }
    let mut silent = good.clone();
    silent[8..12].fill(0); // nothing heard
    let checksum = crc(&silent[..end]).to_le_bytes();
    silent[end..].copy_from_slice(&checksum);
    assert!(stream.load(&silent).is_err());
    assert_eq!(format!("{stream:?}"), before);
    let mut small = Listener::<2, 6, f32, [f32; 2]>::new();
    assert_eq!(small.load(&good), Err(FileError::Model(Error::Capacity { capacity: 6, found: 7 })));
    assert_eq!(
        Stream::<_, Fixed<f32, 2, 7>>::with(crate::kernel::<f32>()).write(&mut [0; 9]),
        Err(Error::NotFitted.into())
    );
}

/// CRC-32, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}
