"use strict";

// Example 3, redrawn: (c) the functions of one draw and (b) the test errors of all draws so far.
class Redrawn {
  constructor(core, packed, elements, trouble) {
    Object.assign(this, { core, packed, trouble, ...elements, draws: [], next: 0, shownWidths: [2, 4, 10] });
    const x = { from: -1, to: 1, ticks: [-1, -0.5, 0, 0.5, 1], name: "x" };
    this.functionChart = new Chart(this.functions, x, { from: -2.4, to: 2.4, ticks: [-2, -1, 0, 1, 2], name: "" }, () => this.draw());
    const k = { from: 0.72, to: 1420, log: true, ticks: WIDTHS, name: "hidden units" };
    const e = { from: 0.01, to: 10, log: true, ticks: [0.01, 0.03, 0.1, 0.3, 1, 3, 10], name: "test error" };
    this.errorChart = new Chart(this.errors, k, e, () => this.draw());
    this.redraw.addEventListener("click", () => this.start(1));
    this.ten.addEventListener("click", () => this.start(10));
    this.draw();
  }

  // The worker is made of the page's own scripts, so that the page stays one file.
  start(count) {
    this.redraw.disabled = this.ten.disabled = true;
    if (!this.worker) {
      const source = new Blob([document.getElementById("core").textContent], { type: "text/javascript" });
      this.worker = new Worker(URL.createObjectURL(source));
      this.worker.onmessage = ({ data }) => this.hear(data);
      this.worker.onerror = (event) => this.trouble(event.message);
    }
    const seeds = Array.from({ length: count }, () => this.next++);
    this.worker.postMessage({ packed: this.packed, seeds });
  }

  hear({ draw, seed, index, network, done, trouble }) {
    if (trouble) this.trouble(trouble);
    if (draw) this.draws.push(draw);
    if (network) this.draws.find((d) => d.seed === seed).networks[index] = network;
    if (done || trouble) this.redraw.disabled = this.ten.disabled = false;
    if (done) this.redraw.textContent = "Draw again";
    this.draw();
  }

  draw() {
    if (!this.errorChart) return;
    this.drawFunctions();
    this.drawErrors();
    this.count();
  }

  drawFunctions() {
    const chart = this.functionChart;
    const draw = this.draws.at(-1);
    chart.back.replaceChildren();
    const truth = Array.from({ length: this.core.grid }, (_, i) => {
      const x = (2 * i) / (this.core.grid - 1) - 1;
      return x + Math.sin(10 * x);
    });
    element("path", { class: "curve truth", d: chart.path(truth) }, chart.back);
    if (!draw) return;
    for (const index of this.shownWidths) {
      const network = draw.networks[index];
      if (!network) continue;
      const path = element("path", { class: "curve network", d: chart.path(network.curve) }, chart.back);
      path.style.opacity = [0.3, 0.55, 1][this.shownWidths.indexOf(index)];
    }
    element("path", { class: "curve ntk", d: chart.path(draw.mean) }, chart.back);
    for (const [x, y] of draw.samples) element("circle", { class: "dot still", r: 5, cx: chart.px(x), cy: chart.py(y) }, chart.back);
    this.drawn.textContent =
      `Seed ${draw.seed}; networks of 4, 16 and 1,024 units, the wider the stronger the line; the NTK dashed; g in grey.`;
  }

  drawErrors() {
    const chart = this.errorChart;
    chart.back.replaceChildren();
    const held = (value) => Math.min(chart.y.to, Math.max(chart.y.from, value));
    const line = (draw) =>
      draw.networks.map((n, i) => `${i ? "L" : "M"}${chart.px(WIDTHS[i]).toFixed(1)} ${chart.py(held(n.error)).toFixed(1)}`).join("");
    for (const draw of this.draws.slice(0, -1)) element("path", { class: "earlier", d: line(draw) }, chart.back);
    const draw = this.draws.at(-1);
    if (!draw) return;
    element("path", { class: "curve network", d: line(draw) }, chart.back);
    draw.networks.forEach((n, i) => {
      element("circle", { class: "mark", r: 4, cx: chart.px(WIDTHS[i]), cy: chart.py(held(n.error)) }, chart.back);
    });
    const y = chart.py(held(draw.error)).toFixed(1);
    element("path", { class: "curve ntk", d: `M${chart.area.left} ${y}H${chart.area.right}` }, chart.back);
    const name = element("text", { class: "label ntk", x: chart.area.left + 6, y: y - 8 }, chart.back);
    name.textContent = `NTK ${shown(draw.error)}`;
  }

  // The lecture's sentences, counted over the draws that are complete.
  count() {
    const all = this.draws.filter((draw) => draw.networks.filter(Boolean).length === WIDTHS.length);
    if (!all.length) {
      this.tally.textContent = "";
      return;
    }
    const best = all.filter((draw) => draw.networks.every((n) => draw.error < n.error)).length;
    const wide = all.filter((draw) => draw.networks[10].error < draw.networks[4].error).length;
    this.tally.textContent =
      all.length === 1
        ? `In this draw the NTK was ${best ? "" : "not "}the best of all predictors, and the network of 1,024 units ${wide ? "beat" : "did not beat"} that of 16. Another draw may say otherwise.`
        : `Of ${all.length} draws so far, the NTK was the best of all predictors in ${best}, and the network of 1,024 units beat that of 16 in ${wide}.`;
  }
}
