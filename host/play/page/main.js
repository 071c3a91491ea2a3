"use strict";

// Starts the page: the module, the figures, the controls.
(async () => {
  const get = (id) => document.getElementById(id);
  const trouble = (what) => {
    get("trouble").textContent = `Something went wrong: ${what}`;
    get("trouble").hidden = false;
  };
  try {
    const packed = get("module").textContent.trim();
    const core = await Core.load(packed);
    const lab = new Lab(core);
    const plot = new Plot(lab, get("plot"), get("said"));
    const distances = new Distances(lab, get("distances"), get("pace"));
    const parts = ["functions", "errors", "redraw", "ten", "drawn", "tally"];
    const example = new Redrawn(core, packed, Object.fromEntries(parts.map((id) => [id, get(id)])), trouble);

    // Who asks for less motion starts the training by hand.
    let running = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const show = () => {
      get("width").value = lab.chosen;
      get("units").textContent = shown(WIDTHS[lab.chosen]);
      get("noise").value = lab.noise;
      get("sigma").textContent = shown(NOISES[lab.noise]);
      get("width").setAttribute("aria-valuetext", `${WIDTHS[lab.chosen]} units`);
      get("noise").setAttribute("aria-valuetext", `standard deviation ${NOISES[lab.noise]}`);
      for (const input of document.getElementsByName("activation")) input.checked = Number(input.value) === lab.activation;
      get("run").textContent = running ? "Pause" : "Train";
      get("run").setAttribute("aria-pressed", running);
      get("add").disabled = lab.samples.length >= core.room;
    };
    lab.listeners.push(show);
    show();

    const on = (id, kind, act) => get(id).addEventListener(kind, act);
    on("width", "input", () => lab.choose(Number(get("width").value)));
    on("noise", "input", () => lab.set(lab.activation, Number(get("noise").value)));
    for (const input of document.getElementsByName("activation")) {
      input.addEventListener("change", () => lab.set(Number(input.value), lab.noise));
    }
    on("run", "click", () => {
      running = !running;
      show();
    });
    for (const id of ["again", "again2"]) on(id, "click", () => lab.restart());
    for (const id of ["weights", "weights2"]) on(id, "click", () => lab.redraw());
    on("reset", "click", () => lab.reset());
    // Into the widest gap, on the kernel's answer, where a reader sees it.
    on("add", "click", () => {
      const xs = [-1, ...lab.samples.map(([x]) => x).sort((a, b) => a - b), 1];
      const gaps = xs.slice(1).map((x, i) => [x - xs[i], (x + xs[i]) / 2]);
      const [, x] = gaps.reduce((most, gap) => (gap[0] > most[0] ? gap : most));
      lab.add([x, lab.kernel.mean[Math.round(((x + 1) / 2) * (core.grid - 1))]]);
      plot.handles.at(-1).focus();
    });

    const frame = () => {
      try {
        lab.frame(running);
        requestAnimationFrame(frame);
      } catch (error) {
        trouble(error);
      }
    };
    requestAnimationFrame(frame);
    window.ntk = { core, lab, plot, distances, example };
  } catch (error) {
    trouble(error);
  }
})();
