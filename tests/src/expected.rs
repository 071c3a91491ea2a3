//! Written by `cargo run --features generate` on a host, see README.md; not to be edited.

/// Name of each operation, its fingerprint in `f32` and in `f64`.
pub const FINGERPRINTS: &[(&str, u64, u64)] = &[
    ("sampling::chacha8", 0x6f9990ebbcc5ed27, 0x6f9990ebbcc5ed27),
    ("sampling::uniform", 0x79495a7fe6c18575, 0x63c63b698af99849),
    ("sampling::standard_normal", 0x225351a389c6c71a, 0x39205b1e9de816f8),
    ("sampling::normal_of_rare_words", 0x67402b51d529b6a7, 0x9d52576b78538dfc),
    ("sampling::lifts", 0x4a8a75a4b9fede84, 0xd684bb1d47af7734),
    ("kernels::dot_and_axpy", 0x37e22d5acf05ec3e, 0xe5bd672811ed574d),
    ("kernels::relu_ntk", 0xf623be558ac336c6, 0xaf8537e3a7116d7d),
    ("kernels::relu_nngp", 0x7889084434783e62, 0xca628e500a4398f6),
    ("kernels::deep_ntk", 0xf8834a2f4c5fcbab, 0x0a11b017d481edd4),
    ("kernels::deep_nngp", 0x657adb5416aba1f6, 0xee61150e9159c300),
    ("kernels::bad_inputs", 0x8e7e1340b6f59c68, 0xc1e44df314168020),
    ("network::activations", 0x59a81be8c2c75da1, 0x9541b5ba318c4b3a),
    ("network::forward", 0x4d391b1e84be9882, 0x17691ab7137185c9),
    ("network::gradient", 0x247eafe03af0918b, 0x21827c7279b9ae20),
    ("network::tangent", 0xb6f32f676c9d6182, 0xe73725bc2ba7549f),
    ("network::linearized", 0xb258526abe709a53, 0x68160997e292f238),
    ("network::hessian", 0x4cce8f0f1ca181a0, 0x5664024c0882af47),
    ("network::empirical_ntk", 0xa6be127978061824, 0x62b0c1b2f026ba85),
    ("network::ntk_block", 0xb08477931f592ef6, 0x13b80f8289e7df04),
    ("network::loss", 0x68e167ab51f69395, 0x66a7b911003ce373),
    ("solving::cholesky", 0x8576282c293d39a8, 0x3ac400b9eea7099a),
    ("solving::solve", 0xf891e927681f7ddd, 0xf9cf31d260df7b2d),
    ("solving::fit_and_mean", 0x8b3fd36facecbba2, 0xef205722f755dde3),
    ("solving::predict", 0x9a14af6b5d1dd7c5, 0xe27229bef6afa756),
    ("solving::leave_one_out", 0x8ac4f053aaeaadf8, 0xae26c6afd634b881),
    ("solving::marginal_likelihood", 0x67ef5f5e1f7153fe, 0xd2d6f1bf9e9512be),
    ("solving::push_and_remove", 0x47cc1a4f79fb16ca, 0x2a9e07bea1445c41),
    ("solving::refine", 0x133c1d9e85552aa5, 0x8c8347b321c8f2ee),
    ("solving::tuned_ridge", 0x28e32cd682a889bb, 0x8e6775887e2a1182),
    ("solving::dynamics", 0x0f36a044646ca286, 0x59d8ee76377952a5),
    ("solving::largest_eigenvalue", 0xe949f8f8d3a003ea, 0x630c2e9b1360318a),
    ("training::relu", 0x1d5d900fbedef42c, 0xf2403936ca6ce92a),
    ("training::tanh", 0x7d8468b1fe0bb3ab, 0xa77b2a44e6065299),
    ("training::two_outputs", 0x0966e68bc4590bb5, 0x797a1d93d0f5fca4),
    ("training::linearized", 0x769823ed64206289, 0x896142dac911369d),
];

/// Of each run in `f64`: steps, loss, trace of the NTK and norm of the Hessian.
pub const TRAINED: &[(u32, [f64; 3])] = &[
    (147, [f64::from_bits(0x4005131121089bdc), f64::from_bits(0x40305af05705eff5), f64::from_bits(0x3ff6a09e667f3bcd)]),
    (89, [f64::from_bits(0x40039519d8753a3f), f64::from_bits(0x402ef5b53a1f1dc4), f64::from_bits(0x3ff0000000000000)]),
    (203, [f64::from_bits(0x40018b4577d46adf), f64::from_bits(0x402f8a472f1ccfa8), f64::from_bits(0x3fe6a09e667f3bcd)]),
    (328, [f64::from_bits(0x4000579834cc6b55), f64::from_bits(0x4045aa367e864037), f64::from_bits(0x3fe0000000000000)]),
    (1000, [f64::from_bits(0x3fe3874a78f8c838), f64::from_bits(0x404ec2532f1f0c67), f64::from_bits(0x3fd6a09e667f3bcd)]),
    (1000, [f64::from_bits(0x3fe544b3f86333e1), f64::from_bits(0x404991b8b40c4ff0), f64::from_bits(0x3fd0000000000000)]),
    (1000, [f64::from_bits(0x3fe8653d49b2fd5d), f64::from_bits(0x4049ccc05a2a282d), f64::from_bits(0x3fc6a09e667f3bcd)]),
    (1000, [f64::from_bits(0x3fc8eceed82d181e), f64::from_bits(0x404696bdedcf027e), f64::from_bits(0x3fc0000000000000)]),
    (641, [f64::from_bits(0x3fd7f30678e47cef), f64::from_bits(0x40431fec454707bf), f64::from_bits(0x3fc0000000000000)]),
];

/// Mean and standard deviation at each point, in `f64`.
pub const PREDICTED: &[[f64; 2]] = &[
    [f64::from_bits(0xbfe339f15b5d7c76), f64::from_bits(0x3fc2c5dc0b1cc735)],
    [f64::from_bits(0xbfe84baf04d9677e), f64::from_bits(0x3fd2417d751885e7)],
    [f64::from_bits(0x3fdcfae5fad0bfe8), f64::from_bits(0x3fad59e57bf4006f)],
    [f64::from_bits(0xbfe115a8c3628424), f64::from_bits(0x3fcd0926bb6c0fc0)],
    [f64::from_bits(0xbf7c0adfa6ab3800), f64::from_bits(0x3fb4683c708d3667)],
    [f64::from_bits(0x3fbdd33991320c40), f64::from_bits(0x3fd0b4d827a4962f)],
    [f64::from_bits(0xbfdb11fbe7497920), f64::from_bits(0x3fb19ac502d61a34)],
    [f64::from_bits(0x3ff8785a6eab13ee), f64::from_bits(0x3fc5ba7a99929d6a)],
    [f64::from_bits(0x3fe3643bd2ba88a4), f64::from_bits(0x3fc37239727c6330)],
];
