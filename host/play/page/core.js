"use strict";

// The module, with its block of numbers as arrays. The page and its worker both run this script.
class Core {
  static async load(packed) {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const { instance } = await WebAssembly.instantiate(await new Response(stream).arrayBuffer(), {});
    return new Core(instance.exports);
  }

  constructor(exports) {
    this.exports = exports;
    this.grid = exports.grid();
    this.room = exports.room();
  }

  // The block, as it lies now: a view of memory that nobody else holds on to.
  numbers(from, count) {
    return new Float64Array(this.exports.memory.buffer, this.exports.numbers() + 8 * from, count);
  }

  curve(at) {
    return Array.from(this.numbers(at * this.grid, this.grid));
  }

  // Each call of the module says 0, or 1 if the core refused.
  call(name, ...values) {
    if (this.exports[name](...values) !== 0) throw new Error(`the core refused ${name}(${values})`);
  }

  fit(samples) {
    this.numbers(0, 2 * samples.length).set(samples.flat());
    this.call("fit", samples.length);
  }

  kernel() {
    this.call("kernel");
    return { mean: this.curve(0), low: this.curve(1), high: this.curve(2) };
  }

  network(index) {
    this.call("network", index);
    const [distance, lineDistance, steps, loss, rate, moved] = this.numbers(2 * this.grid, 6);
    return { curve: this.curve(0), line: this.curve(1), distance, lineDistance, steps, loss, rate, moved };
  }

  example(seed) {
    this.call("example", seed);
    const flat = this.numbers(0, 30);
    const samples = Array.from({ length: 15 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
    this.call("example_kernel");
    return { seed, samples, mean: this.curve(0), error: this.numbers(this.grid, 1)[0], networks: [] };
  }

  exampleNetwork(index) {
    this.call("example_network", index);
    const [error, steps] = this.numbers(this.grid, 2);
    return { curve: this.curve(0), error, steps };
  }
}

const WIDTHS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

// In the worker: Example 3, draw by draw. Training one network takes up to seconds, which the page must not wait for.
if (typeof document === "undefined") {
  let core = null;
  onmessage = async ({ data }) => {
    try {
      core ??= await Core.load(data.packed);
      for (const seed of data.seeds) {
        postMessage({ draw: core.example(seed) });
        for (let index = 0; index < WIDTHS.length; index++) postMessage({ seed, index, network: core.exampleNetwork(index) });
      }
      postMessage({ done: true });
    } catch (error) {
      postMessage({ trouble: String(error) });
    }
  };
}
