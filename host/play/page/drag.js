"use strict";

// Figure 1: samples that can be moved, and the functions learned from them.
class Plot {
  constructor(lab, svg, said) {
    Object.assign(this, { lab, said, handles: [] });
    const x = { from: -1, to: 1, ticks: [-1, -0.5, 0, 0.5, 1], name: "x" };
    const y = { from: -2.4, to: 2.4, ticks: [-2, -1, 0, 1, 2], name: "" };
    this.chart = new Chart(svg, x, y, () => this.draw());
    const { back, marks } = this.chart;
    this.band = element("path", { class: "band" }, back);
    this.curves = {};
    for (const name of ["ntk", "line", "network"]) this.curves[name] = element("path", { class: `curve ${name}` }, back);
    this.group = element("g", {}, marks);
    svg.addEventListener("dblclick", (event) => {
      if (!event.target.closest(".sample")) lab.add(this.chart.at(event));
    });
    lab.listeners.push(() => this.draw());
    this.draw();
  }

  handle(index) {
    const group = element("g", { class: "sample", tabindex: 0, role: "slider", "aria-roledescription": "movable sample" }, this.group);
    for (const [kind, r] of [["hit", 20], ["ring", 12], ["dot", 7]]) element("circle", { class: kind, r }, group);
    group.setAttribute("aria-valuemin", -2.4);
    group.setAttribute("aria-valuemax", 2.4);
    group.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      group.focus({ preventScroll: true });
      group.setPointerCapture(event.pointerId);
      group.classList.add("held");
    });
    // Pointers move more often than frames are drawn; the last place of a frame counts.
    group.addEventListener("pointermove", (event) => {
      if (!group.classList.contains("held")) return;
      this.waiting ??= requestAnimationFrame(() => {
        this.lab.move(index, this.place);
        this.waiting = null;
      });
      this.place = this.chart.at(event);
    });
    for (const end of ["pointerup", "pointercancel"]) group.addEventListener(end, () => group.classList.remove("held"));
    group.addEventListener("dblclick", () => this.lab.remove(index));
    group.addEventListener("keydown", (event) => this.press(event, index));
    return group;
  }

  press(event, index) {
    const far = event.shiftKey ? 5 : 1;
    const ways = { ArrowLeft: [-0.02, 0], ArrowRight: [0.02, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] };
    if (event.key === "Delete" || event.key === "Backspace") {
      this.lab.remove(index);
      this.handles[Math.min(index, this.handles.length - 1)].focus();
    } else if (ways[event.key]) {
      const [[x, y], [dx, dy]] = [this.lab.samples[index], ways[event.key]];
      this.lab.move(index, [x + far * dx, Math.min(2.4, Math.max(-2.4, y + far * dy))]);
    } else {
      return;
    }
    event.preventDefault();
  }

  draw() {
    const { chart, lab } = this;
    if (!this.curves) return;
    const { kernel, samples } = lab;
    const network = lab.networks[lab.chosen];
    this.curves.ntk.setAttribute("d", chart.path(kernel.mean));
    this.curves.line.setAttribute("d", chart.path(network.line));
    this.curves.network.setAttribute("d", chart.path(network.curve));
    const known = Number.isFinite(kernel.low[0]);
    const back = () => chart.path([...kernel.high]).slice(1).split("L").reverse().join("L");
    this.band.setAttribute("d", known ? `${chart.path(kernel.low)}L${back()}Z` : "");
    while (this.handles.length < samples.length) this.handles.push(this.handle(this.handles.length));
    while (this.handles.length > samples.length) this.handles.pop().remove();
    samples.forEach(([x, y], i) => {
      const handle = this.handles[i];
      const text = `x ${shown(Number(x.toFixed(2)))}, y ${shown(Number(y.toFixed(2)))}`;
      handle.setAttribute("transform", `translate(${chart.px(x).toFixed(1)} ${chart.py(y).toFixed(1)})`);
      handle.setAttribute("aria-label", `sample ${i + 1} of ${samples.length}`);
      handle.setAttribute("aria-valuenow", y.toFixed(2));
      handle.setAttribute("aria-valuetext", text);
    });
    const units = WIDTHS[lab.chosen];
    const named = units === 1 ? "the network of one unit" : `the network of ${shown(units)} units`;
    const interval = known ? "" : " An interval of nine in ten needs nine samples.";
    this.said.textContent =
      `After ${shown(network.steps)} steps ${named} is ${shown(network.distance)} from the kernel\u2019s answer; ` +
      `linearised and trained to the end it would be ${shown(network.lineDistance)}.${interval}`;
  }
}
