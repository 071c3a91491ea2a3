"use strict";

// Figure 2: distance from the kernel's answer against width.
class Distances {
  constructor(lab, svg, pace) {
    Object.assign(this, { lab, pace });
    const x = { from: 0.72, to: 1420, log: true, ticks: WIDTHS, name: "hidden units" };
    const y = { from: 0.003, to: 3, log: true, ticks: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3], name: "distance" };
    this.chart = new Chart(svg, x, y, () => this.draw());
    const { back, marks } = this.chart;
    this.guide = element("path", { class: "guide" }, back);
    this.guideName = element("text", {}, back);
    this.guideName.textContent = "\u221d 1/\u221ak";
    this.columns = WIDTHS.map((width, index) => {
      const column = element("rect", { class: "column", tabindex: 0, role: "button", rx: 4 }, back);
      column.addEventListener("click", () => lab.choose(index));
      column.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (step) {
          this.columns[Math.min(WIDTHS.length - 1, Math.max(0, index + step))].focus();
        } else if (event.key === "Enter" || event.key === " ") {
          lab.choose(index);
        } else {
          return;
        }
        event.preventDefault();
      });
      return column;
    });
    this.shadows = element("path", { class: "shadow" }, marks);
    this.rings = WIDTHS.map(() => element("circle", { class: "mark open", r: 8, "pointer-events": "none" }, marks));
    this.dots = WIDTHS.map(() => element("circle", { class: "mark", r: 5, "pointer-events": "none" }, marks));
    lab.listeners.push(() => this.draw());
    this.draw();
  }

  draw() {
    const { chart, lab } = this;
    if (!this.dots) return;
    const held = (value) => chart.py(Math.min(chart.y.to, Math.max(chart.y.from, value)));
    const step = chart.px(2) - chart.px(1);
    const { top, bottom } = chart.area;
    // The line through the geometric mean of the rings, where widths are large enough for the law.
    const wide = lab.networks.map((n, i) => Math.log(n.lineDistance) + 0.5 * Math.log(WIDTHS[i])).slice(4);
    const factor = Math.exp(wide.reduce((sum, v) => sum + v, 0) / wide.length);
    const on = (k) => `${chart.px(k).toFixed(1)} ${held(factor / Math.sqrt(k)).toFixed(1)}`;
    this.guide.setAttribute("d", `M${on(8)}L${on(1300)}`);
    this.guideName.setAttribute("x", chart.px(8.6));
    this.guideName.setAttribute("y", held(factor / Math.sqrt(8)) - 8);
    lab.networks.forEach((network, i) => {
      const x = chart.px(WIDTHS[i]).toFixed(1);
      for (const [mark, value] of [[this.rings[i], network.lineDistance], [this.dots[i], network.distance]]) {
        mark.setAttribute("cx", x);
        mark.setAttribute("cy", held(value).toFixed(1));
      }
      const column = this.columns[i];
      const places = { x: x - 0.46 * step, y: top, width: 0.92 * step, height: bottom - top };
      for (const [key, value] of Object.entries(places)) column.setAttribute(key, value);
      column.classList.toggle("chosen", i === lab.chosen);
      column.setAttribute("aria-pressed", i === lab.chosen);
      column.setAttribute("aria-label", `${WIDTHS[i]} units: distance ${shown(network.distance)}, linearised ${shown(network.lineDistance)}`);
    });
    const shadows = lab.earlier.map((distances) => {
      const one = (value, i) => `M${chart.px(WIDTHS[i]).toFixed(1)} ${held(value).toFixed(1)}h0`;
      return distances.map(one).join("");
    });
    this.shadows.setAttribute("d", shadows.join(""));
    const [few, many] = [lab.networks[4], lab.networks[10]].map((network) => shown(network.distance));
    this.pace.textContent = `Sixteen units are ${few} from the kernel\u2019s answer, 1,024 units ${many}.`;
  }
}
