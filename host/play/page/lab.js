"use strict";

// What the first two figures share: samples, settings, and the training that goes on while the reader looks.
const NOISES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5];

// Networks rest after this many steps; whatever the reader changes wakes them.
const MOST_STEPS = 6000;

// Milliseconds of training in a frame: the rest is for drawing.
const BUDGET = 9;

// A clock that stands still, as some browsers' do, must not keep a frame for ever.
const MOST_IN_A_FRAME = 256;

class Lab {
  constructor(core) {
    this.core = core;
    this.listeners = [];
    this.reset();
  }

  // Example 3's samples of seed 2, shaken by a noise that is the same for everybody.
  reset() {
    Object.assign(this, { chosen: 4, activation: 0, noise: 4, seed: 1, batch: 1, turn: 0 });
    const shake = (i) => 0.15 * Math.sin(12.9898 * (i + 1)) * Math.cos(4.1414 * i * i);
    this.samples = this.core.example(2).samples.map(([x, y], i) => [x, y + shake(i)]);
    this.core.call("set", this.activation, NOISES[this.noise]);
    this.core.fit(this.samples);
    this.core.call("draw", this.seed);
    this.networks = WIDTHS.map((_, index) => this.core.network(index));
    this.refresh();
  }

  // After anything that changes the answers. Networks that are not shown above are read in the frames to come.
  refresh() {
    Object.assign(this, { rest: 0, stale: WIDTHS.length, earlier: [] });
    this.kernel = this.core.kernel();
    this.networks[this.chosen] = this.core.network(this.chosen);
    this.tell();
  }

  tell() {
    for (const listener of this.listeners) listener();
  }

  move(index, [x, y]) {
    this.samples[index] = [Math.min(1, Math.max(-1, x)), y];
    this.core.fit(this.samples);
    this.refresh();
  }

  add([x, y]) {
    if (this.samples.length >= this.core.room) return false;
    this.samples.push([x, y]);
    this.core.fit(this.samples);
    this.refresh();
    return true;
  }

  remove(index) {
    if (this.samples.length <= 1) return false;
    this.samples.splice(index, 1);
    this.core.fit(this.samples);
    this.refresh();
    return true;
  }

  set(activation, noise) {
    Object.assign(this, { activation, noise });
    this.core.call("set", activation, NOISES[noise]);
    this.refresh();
  }

  choose(index) {
    this.chosen = index;
    this.networks[index] = this.core.network(index);
    this.tell();
  }

  restart() {
    this.core.call("restart");
    this.refresh();
  }

  // Other weights, the same answer: where the networks have come so far stays as a shadow.
  redraw() {
    const earlier = [...this.earlier, this.networks.map((network) => network.distance)].slice(-20);
    this.seed += 1;
    this.core.call("draw", this.seed);
    this.refresh();
    this.earlier = earlier;
  }

  // Some steps with every network, as many as fit into a frame. The chosen network is read again every time,
  // the others in turn.
  frame(running) {
    const trains = running && this.rest < MOST_STEPS;
    if (trains) this.train();
    if (!trains && this.stale <= 0) return;
    for (let i = 0; i < 3; i++) {
      this.turn = (this.turn + 1) % WIDTHS.length;
      this.networks[this.turn] = this.core.network(this.turn);
    }
    this.stale = trains ? WIDTHS.length : this.stale - 3;
    this.networks[this.chosen] = this.core.network(this.chosen);
    this.tell();
  }

  train() {
    const start = performance.now();
    let taken = 0;
    do {
      for (let index = 0; index < WIDTHS.length; index++) this.core.call("descend", index, this.batch);
      taken += this.batch;
    } while (taken < MOST_IN_A_FRAME && performance.now() - start < BUDGET);
    const pace = (performance.now() - start) / taken;
    this.batch = Math.max(1, Math.min(64, Math.floor(BUDGET / 3 / pace)));
    this.rest += taken;
  }
}
