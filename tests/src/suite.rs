//! One list of tests for devices, WebAssembly and hosts.

/// Declares the tests of a file: `suite! { fn name() { .. } .. }`. Each passes unless it panics.
#[macro_export]
macro_rules! suite {
    ($($(#[$meta:meta])* fn $name:ident() $body:block)*) => {
        #[cfg(target_os = "none")]
        #[embedded_test::tests]
        mod tests {
            use super::*;
            $(#[test] $(#[$meta])* fn $name() $body)*
        }
        #[cfg(target_arch = "wasm32")]
        mod tests {
            use super::*;
            $(#[unsafe(export_name = concat!("test ", stringify!($name)))] extern "C" fn $name() $body)*
        }
        #[cfg(not(any(target_os = "none", target_arch = "wasm32")))]
        mod tests {
            use super::*;
            $(pub(super) fn $name() $body)*
        }
        #[cfg(not(any(target_os = "none", target_arch = "wasm32")))]
        fn main() {
            $crate::host_main(&[$((stringify!($name), tests::$name as fn())),*])
        }
    };
}
