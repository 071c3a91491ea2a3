//! Written by `cargo run --features generate` on a host, see README.md; not to be edited.

/// Name of each operation, its fingerprint in `f32`, in `f64` and in `Micro`.
pub const FINGERPRINTS: &[(&str, u64, u64, u64)] = &[
    ("sampling::chacha8", 0x6f9990ebbcc5ed27, 0x6f9990ebbcc5ed27, 0x6f9990ebbcc5ed27),
    ("sampling::uniform", 0x79495a7fe6c18575, 0x63c63b698af99849, 0x79495a7fe6c18575),
    ("sampling::standard_normal", 0x225351a389c6c71a, 0x39205b1e9de816f8, 0x6a791c9eb69e9ca0),
    ("sampling::normal_of_rare_words", 0x67402b51d529b6a7, 0x9d52576b78538dfc, 0xe9ef785b776fe30c),
    ("sampling::lifts", 0x4a8a75a4b9fede84, 0xd684bb1d47af7734, 0x26ce5dad50d533a6),
    ("kernels::dot_and_axpy", 0x37e22d5acf05ec3e, 0xe5bd672811ed574d, 0x6d9fe99982c54e77),
    ("kernels::relu_ntk", 0xb68f7f194dab0a9f, 0x30003157ba35397c, 0xd048ba3f63ee6277),
    ("kernels::relu_nngp", 0x0ec0b1d3a7929f3c, 0xea107bc9bfe8cef6, 0xac4c52c189783fc1),
    ("kernels::deep_ntk", 0xd1ca8490ec08ab22, 0x9402ea2747a259d4, 0x2a433977a3ddf0f1),
    ("kernels::deep_nngp", 0xaddd3f7041fa0dc6, 0xa5ce2b187ae7883e, 0x43d366420a46c702),
    ("kernels::closed_duals", 0xffe085726432f374, 0x2bf4ea51e8a868ef, 0xb36a947603759ff9),
    ("kernels::integrated_duals", 0x04d2cc84079f4114, 0x9848b571adee5dc7, 0x163c272f3f17304c),
    ("kernels::bad_inputs", 0x40c50c2e04a5e971, 0xce9102f99b0b8124, 0x43a48b7443e310a5),
    ("network::activations", 0xca1768a6e0aa4638, 0xea245f64cdeee15b, 0x89d44991a6a7a169),
    ("network::forward", 0x4d391b1e84be9882, 0x17691ab7137185c9, 0x3ad3b51fd703fd7e),
    ("network::gradient", 0x247eafe03af0918b, 0x21827c7279b9ae20, 0x8a2239cfbad27f31),
    ("network::tangent", 0xb6f32f676c9d6182, 0xe73725bc2ba7549f, 0xa7a6b38a3330aa24),
    ("network::linearized", 0xb258526abe709a53, 0x68160997e292f238, 0xbe4c32af363b655e),
    ("network::hessian", 0xa4ab60af1bee7606, 0x45e9d573e6fb5851, 0x028ae145cbe6863e),
    ("network::empirical_ntk", 0xa6be127978061824, 0x62b0c1b2f026ba85, 0x5c3ae8d2ff8e02eb),
    ("network::ntk_block", 0xb08477931f592ef6, 0x13b80f8289e7df04, 0x6c864863e1334c4f),
    ("network::loss", 0x68e167ab51f69395, 0x66a7b911003ce373, 0x8b6a376feb2777d6),
    ("solving::cholesky", 0x8576282c293d39a8, 0x3ac400b9eea7099a, 0xcb348fd7f5219b2b),
    ("solving::solve", 0x01839faa2e535f7e, 0x0776edb9a94f2bd8, 0x4e668e6cacd7ea73),
    ("solving::fit_and_mean", 0x1224b3c8b4512460, 0x2fa8d6995a960af6, 0x92bc4d3851980c8b),
    ("solving::predict", 0x59d58ccb931e4dd0, 0x971db676e07e5779, 0xc61f8e44c6ee8d57),
    ("solving::leave_one_out", 0xbb5a07b40c152dfd, 0xf16aa4e8aab89cd0, 0xbcd59c0a29ac47f5),
    ("solving::marginal_likelihood", 0xb0be8b8d9d5b6e10, 0xdb244070b540ff7f, 0x6c5044671ee0dece),
    ("solving::push_and_remove", 0xb63af4e89dc5b2f3, 0xa9967998cd00b035, 0x79d3dc872813fb9b),
    ("solving::refine", 0xde0db2fda12df429, 0x71685ebb9661941c, 0xd097b6390dc2a569),
    ("solving::tuned_ridge", 0x2493a528575c25d9, 0xab3d7d375ca66d8e, 0x67ec67c902c21dbc),
    ("solving::dynamics", 0x7fe582862fa88cbb, 0x1cfa3a3d9b6cfb56, 0xc770be50c693e998),
    ("solving::largest_eigenvalue", 0x28018565c152130a, 0x8e4fdeb0a903a0b2, 0xf947974f8a50b376),
    ("training::relu", 0xa5932ebb0b53b391, 0xf2403936ca6ce92a, 0x0ea4bde20f61e89f),
    ("training::tanh", 0x7d8468b1fe0bb3ab, 0xa77b2a44e6065299, 0x7c857e483540054c),
    ("training::two_outputs", 0xa51522ee78dbcf63, 0x797a1d93d0f5fca4, 0x0b470590f52e5384),
    ("training::linearized", 0x6da1cedc3eeb6d2e, 0x896142dac911369d, 0x83665c1685a2be24),
    ("training::by_groups", 0xa82172d9aad349ca, 0xe1d5db846cee3461, 0x31e129efba112e11),
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
    [f64::from_bits(0xbfe339f15b5d7c82), f64::from_bits(0x3fc2c5dc0b1cc71a)],
    [f64::from_bits(0xbfe84baf04d967a8), f64::from_bits(0x3fd2417d751885d9)],
    [f64::from_bits(0x3fdcfae5fad0c004), f64::from_bits(0x3fad59e57bf4006f)],
    [f64::from_bits(0xbfe115a8c36283a8), f64::from_bits(0x3fcd0926bb6c0fd2)],
    [f64::from_bits(0xbf7c0adfa6ab1400), f64::from_bits(0x3fb4683c708d3603)],
    [f64::from_bits(0x3fbdd33991320b40), f64::from_bits(0x3fd0b4d827a4962f)],
    [f64::from_bits(0xbfdb11fbe7497910), f64::from_bits(0x3fb19ac502d6194b)],
    [f64::from_bits(0x3ff8785a6eab13de), f64::from_bits(0x3fc5ba7a99929d6a)],
    [f64::from_bits(0x3fe3643bd2ba8844), f64::from_bits(0x3fc37239727c6330)],
];
