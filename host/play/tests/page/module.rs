//! The module in a page, run by an interpreter.

use std::io::Read;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use wasmi::{Engine, Instance, Linker, Memory, Store, WasmParams};

/// A module and its memory.
pub(crate) struct Module {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    imports: usize,
}

impl Module {
    /// Takes it out of a page, as the page's own script does.
    pub(crate) fn of(page: &str) -> Self {
        let letters = super::between(page, "id=\"module\">\n", "</script>").replace('\n', "");
        let packed = BASE64_STANDARD.decode(letters).unwrap();
        let mut bytes = Vec::new();
        GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
        let engine = Engine::default();
        let module = wasmi::Module::new(&engine, &bytes).unwrap();
        let mut store = Store::new(&engine, ());
        let imports = module.imports().count();
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        Self { store, instance, memory, imports }
    }

    /// How many functions the module wants from the page.
    pub(crate) fn imports(&self) -> usize {
        self.imports
    }

    /// Calls a function.
    pub(crate) fn call<P: WasmParams>(&mut self, name: &str, values: P) -> u32 {
        let function = self.instance.get_typed_func::<P, u32>(&self.store, name).unwrap();
        function.call(&mut self.store, values).unwrap()
    }

    fn place(&mut self) -> usize {
        self.call("numbers", ()) as usize
    }

    /// Numbers of the block.
    pub(crate) fn numbers(&mut self, from: usize, count: usize) -> Vec<f64> {
        let place = self.place() + 8 * from;
        let bytes = &self.memory.data(&self.store)[place..place + 8 * count];
        bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
    }

    /// Writes the block's first numbers.
    pub(crate) fn write(&mut self, values: &[f64]) {
        let place = self.place();
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.memory.write(&mut self.store, place, &bytes).unwrap();
    }
}
