"""Words of the ChaCha8 generator in pure Python, and standard normals from them by the exact inverse of the CDF.

ChaCha: D. J. Bernstein, "ChaCha, a variant of Salsa20" (2008), the original layout with a 64-bit counter and a 64-bit
stream number, 8 rounds. The key is grown from a 64-bit seed by the PCG32 steps that rand_core 0.10 documents as its
default `seed_from_u64`; words are read as little-endian pairs, low word first.

One word u gives one normal z: its top bit is the sign (1: negative), the bits below it are the tail probability r.
  f64: m = the next 52 bits, r = (m + 1/2) 2^-53;  f32: m = the next 23 bits, r = (m + 1/2) 2^-24;  |z| = -Phi^-1(r).
"""

import struct

from mpmath import mp

from common import nearest_double, write_json

mp.dps = 60
MASK_32, MASK_64 = 2**32 - 1, 2**64 - 1
QUARTERS = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
            (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]

# The first words of rand_chacha 0.10.0, ChaCha8Rng::seed_from_u64(seed) with set_stream(stream), as printed by it.
KNOWN = {
    (0, 0): (
        "b585f767a79a3b6c 7746a55fbad8c037 b2fb0d3281e2a6e6 0f6760a48f9b887c e10d666732024679 "
        "8cae14cb947eb0bd d438539d6a2e923c ef781c7dd2d368ba cdc4a23a7e88e660 277fa208e6b31e08 "
        "e17653a37f1bcc44 c54302f2eb1e2f69 862878227d4b40a3 59cd1a8a9b8ea8e0 c3b919ae0d16df22 "
        "a484c4c693eecc47"
    ),
    (0, 7): (
        "8db373c697d56aa0 100964ac9169ee01 9cf0e1c9ac71b6d8 0a2707701e650f50 3c1083158945a5ad "
        "7dee126af5a79d80 efd7566eaac52b63 1a37775f72d79a21 7d70513f0698668d 5c254cff9f84d692 "
        "1a84f7bf7b108758 a2adf0251da17bc6 317adf51e524e03c bf27d14ab8a752a3 beb6de209312f521 "
        "dd75311e3527067d"
    ),
    (1, 0): (
        "67094cea8ca40db1 149406d8fc0e8e6b 98b82b0336070665 3825a7dc63080d42 489ff253d51bcbe5 "
        "b5ea8d36e9e22058 7609dfe07eff8a17 27143f42b5c5488e dff1a71b0ab16013 b4e550b02c806908 "
        "7bb6bdb2070c4371 93c3fa5ef11049e3 19762de5d5db8e23 43901a0bf9e9e1a1 7415efbf72a6fbe2 "
        "47bd11da7391671d"
    ),
    (1, 7): (
        "770a80dc330a4d75 be5c2ea131152c40 df30e6e740f337b3 b4cdcdac579d9f88 bfc10c5ebc019b98 "
        "5103fe9eed32f37c 3929152ba959b415 7addcfdec1648fb8 0d10ae00dd4fb742 72da060ac13aadd7 "
        "46ad9c7feb44d7a1 2fb7104eb1b52589 c400d64f5a070d57 719a1800cacdb52d a3ba4e9ea841f03b "
        "36fbfa0fb3a320f5"
    ),
    (12345, 0): (
        "12de4745ab5953d3 0ade5e2077f00e64 ca326f8968d190ad 555b151938d05dd6 16a5dbbf6a33652c "
        "2cf4528ba92d961e b6efa69e8c20306a 5f44015b08919e24 620bcd228466f802 4ea2fedd61f4f97d "
        "07c969ead238c3ab 9dc71f537304771d 103adb6f45273556 4c40d1ddcb1a212b a1cc318398069d4e "
        "386c222488da068f"
    ),
    (12345, 7): (
        "af766fabcdacee8b 7d3c88eb49c9d5b2 a6124ac5b3ca0156 db6115cb4acfee04 08b016af6f0ebe71 "
        "7ef8ce1b4d4a6bae c9ec66b161d093b2 b697f4a7eb099ae8 fc820ed93e632d0b b04b9b8e43224666 "
        "beeb4b85b753dd9a 830bb982e9119976 63cf99764d51526e bf45c6b5f0d57675 36fdc076272d3054 "
        "c75a134810b93d43"
    ),
    (12345, 3): (
        "778a16718b61b5e3 c6fa10ba9bdfb779 acc81a1d14092c1a 7c6c22485ea62497 75fede38d017ddd9 "
        "31cb3335264c38c6 e38f887bb33eaded 15212f2fd2f5c775 54c7bddc81111d62 5601f72397819972 "
        "e437069a73356ad4 c056e100f5f59aad 9dd5211c9aa04ee7 f5667edab50754d1 faefb76ad7f53f2f "
        "2f9210724e8f8892"
    ),
}


def rotate(value, count):
    """A 32-bit word rotated to the left."""
    return (value << count | value >> (32 - count)) & MASK_32


def key_from_seed(seed):
    """Eight 32-bit words: a 64-bit linear congruential state, one PCG output (xor-shift, rotate right) each."""
    words, state = [], seed
    for _ in range(8):
        state = (state * 0x5851F42D4C957F2D + 0xA17654E46FBE17F3) & MASK_64
        shifted = ((state >> 18 ^ state) >> 27) & MASK_32
        words.append(rotate(shifted, (32 - (state >> 59)) % 32))
    return words


def chacha(key, counter, stream, rounds):
    """One block of 16 words."""
    constants = struct.unpack("<4I", b"expand 32-byte k")
    start = [*constants, *key, counter & MASK_32, counter >> 32, stream & MASK_32, stream >> 32]
    state = list(start)
    for _ in range(rounds // 2):
        for a, b, c, d in QUARTERS:
            for p, q, r, count in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[p] = (state[p] + state[q]) & MASK_32
                state[r] = rotate(state[r] ^ state[p], count)
    return [(u + v) & MASK_32 for u, v in zip(state, start)]


def words(seed, stream, count):
    """The first 64-bit words of the generator."""
    key, halves, counter = key_from_seed(seed), [], 0
    while len(halves) < 2 * count:
        halves += chacha(key, counter, stream, 8)
        counter += 1
    return [halves[2 * i] | halves[2 * i + 1] << 32 for i in range(count)]


def normal(u, bits):
    """The normal of the word u with a tail probability of `bits` bits."""
    m = (u >> (63 - bits)) & (2**bits - 1)
    r = (m + mp.mpf(0.5)) / mp.mpf(2) ** (bits + 1)
    size = mp.sqrt(2) * mp.erfinv(1 - 2 * r)
    assert abs(mp.ncdf(-size) / r - 1) < mp.mpf(10) ** -40
    return -size if u >> 63 else size


def row(u):
    """A word and its two normals, each rounded to the nearest double."""
    return {"u64": f"{u:016x}", "f64": nearest_double(normal(u, 52)), "f32": nearest_double(normal(u, 23))}


def extremes():
    """Words at the ends, and at the switch points of the rational approximation AS 241 (Wichura, 1988)."""
    picked = [("all zeros", 0), ("all ones", MASK_64), ("only the sign", 1 << 63), ("all but the sign", MASK_64 >> 1),
              ("low 11 bits, not used", 0x7FF), ("f64: m = 1", 1 << 11), ("f64: largest m but one", (2**52 - 2) << 11),
              ("f32: m = 0, f64: largest such m", (1 << 40) - 1), ("f32: m = 1", 1 << 40),
              ("f32: largest m but one", (2**23 - 2) << 40)]
    # The tail of the f32 definition ends at 2^-25, far above exp(-25).
    for kind, bits, name, r in (("f64", 52, "0.075", mp.mpf("0.075")), ("f32", 23, "0.075", mp.mpf("0.075")),
                                ("f64", 52, "exp(-25)", mp.exp(-25))):
        middle = int(mp.floor(r * mp.mpf(2) ** (bits + 1)))
        picked += [(f"{kind}: m = {m}, near r = {name}", m << (63 - bits)) for m in range(middle - 2, middle + 3)]
    picked += [(f"{note}, negative", u | 1 << 63) for note, u in picked[4::3]]
    return [{"note": note, **row(u)} for note, u in picked]


def check_block():
    """Against the first block of ChaCha8 with a zero key and of ChaCha20 (RFC 8439, appendix A.1, vector 1)."""
    def stream(rounds):
        return struct.pack("<16I", *chacha([0] * 8, 0, 0, rounds)).hex()

    assert stream(8).startswith("3e00ef2f895f40d67f5bb8e81f09a5a12c840ec3ce9a7f3b181be188ef711a1e")
    assert stream(20).startswith("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7")


def main():
    check_block()
    for (seed, stream), known in KNOWN.items():
        assert [f"{u:016x}" for u in words(seed, stream, 16)] == known.split()
    streams = [{"seed": seed, "stream": stream, "rows": [row(u) for u in words(seed, stream, 32)]}
               for seed, stream in ((0, 0), (0, 7), (1, 0), (12345, 3))]
    edge = extremes()
    write_json("normals", "ChaCha8 words in pure Python (equal to rand_chacha 0.10.0) and standard normals from them by "
               "the inverse normal CDF in mpmath with 60 digits, rounded once to the nearest double (the field f32 too).",
               ["mpmath"], {"streams": streams, "extremes": edge})
    print(f"normals.json: {len(streams)} streams of 32 words, {len(edge)} extremes")


if __name__ == "__main__":
    main()
