"use strict";

// A figure in CSS pixels: its axes fit whatever width it has, and its marks are moved, not rebuilt.
function element(name, attributes, parent) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

class Chart {
  // x and y: { from, to, log, ticks, name }; `redraw` is called when the width has changed.
  constructor(svg, x, y, redraw) {
    Object.assign(this, { svg, x, y, redraw });
    this.axes = element("g", {}, svg);
    this.back = element("g", {}, svg);
    this.marks = element("g", {}, svg);
    new ResizeObserver(() => this.resize()).observe(svg.parentNode);
    this.resize();
  }

  resize() {
    const width = Math.max(240, Math.round(this.svg.parentNode.clientWidth));
    if (width === this.width) return;
    this.width = width;
    this.height = Math.round(Math.min(440, Math.max(300, 0.55 * width)));
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.setAttribute("height", this.height);
    this.area = { left: 44, right: this.width - 8, top: 12, bottom: this.height - 42 };
    this.frame();
    this.redraw?.();
  }

  static share(axis, value) {
    const of = axis.log ? Math.log : (v) => v;
    return (of(value) - of(axis.from)) / (of(axis.to) - of(axis.from));
  }

  // From numbers to pixels, and back.
  px(value) {
    return this.area.left + Chart.share(this.x, value) * (this.area.right - this.area.left);
  }

  py(value) {
    return this.area.bottom - Chart.share(this.y, value) * (this.area.bottom - this.area.top);
  }

  at(event) {
    const box = this.svg.getBoundingClientRect();
    const [h, v] = [(event.clientX - box.left) * (this.width / box.width), (event.clientY - box.top) * (this.height / box.height)];
    const part = (value, from, to) => Math.min(1, Math.max(0, (value - from) / (to - from)));
    return [
      this.x.from + part(h, this.area.left, this.area.right) * (this.x.to - this.x.from),
      this.y.to - part(v, this.area.top, this.area.bottom) * (this.y.to - this.y.from),
    ];
  }

  frame() {
    const { left, right, top, bottom } = this.area;
    this.axes.replaceChildren();
    const write = (text, x, y, anchor, kind = "") => {
      element("text", { x, y, "text-anchor": anchor, class: kind }, this.axes).textContent = text;
    };
    const narrow = this.width < 420;
    for (const tick of this.y.ticks) {
      element("line", { class: "tick", x1: left, x2: right, y1: this.py(tick), y2: this.py(tick) }, this.axes);
      write(shown(tick), left - 6, this.py(tick) + 4, "end");
    }
    this.x.ticks.forEach((tick, i) => {
      if (narrow && this.x.ticks.length > 8 && i % 2) return;
      write(shown(tick), this.px(tick), bottom + 18, "middle");
    });
    element("path", { class: "axis", d: `M${left} ${bottom}H${right}` }, this.axes);
    write(this.x.name, right, bottom + 36, "end");
    write(this.y.name, left, top - 2, "start");
  }

  // A curve over the points of the core's grid, as a path; what leaves the figure is held at its edge.
  path(values) {
    const last = values.length - 1;
    const span = this.y.to - this.y.from;
    const held = (v) => Math.min(this.y.to + 0.04 * span, Math.max(this.y.from - 0.04 * span, v));
    return values.map((v, i) => `${i ? "L" : "M"}${this.px((2 * i) / last - 1).toFixed(1)} ${this.py(held(v)).toFixed(1)}`).join("");
  }
}

// Numbers as people write them.
function shown(value) {
  if (!Number.isFinite(value)) return "none";
  if (Number.isInteger(value)) return value.toLocaleString("en").replace("-", "\u2212");
  const digits = Math.abs(value) < 0.0995 ? 2 : 3;
  return String(Number(value.toPrecision(digits))).replace("-", "\u2212");
}
