//! WebAssembly: output goes to the imported function `log`, a panic traps.

use core::fmt::{Result, Write};
use core::panic::PanicInfo;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn log(text: *const u8, length: usize);
}

/// What the runner shows of a test.
pub struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> Result {
        unsafe { log(text.as_ptr(), text.len()) };
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let _ = writeln!(Out, "{info}");
    core::arch::wasm32::unreachable()
}

/// Prints one line.
#[macro_export]
macro_rules! println {
    ($($text:tt)*) => {{
        use core::fmt::Write;
        let _ = core::writeln!($crate::Out, $($text)*);
    }};
}
