"use strict";

// What a reader would do, in the page. Returns what was found wrong; `drag` waits for the test's own pointer.
window.read = async (expected) => {
  const wrong = [];
  const drag = (...path) => new Promise((done) => {
    window.dragged = done;
    window.wanted = path;
  });
  const check = (holds, what) => { if (!holds) wrong.push(what); };
  const get = (id) => document.getElementById(id);
  const frames = async (count) => {
    for (let i = 0; i < count; i++) await new Promise((done) => requestAnimationFrame(done));
  };
  const until = async (holds, what) => {
    for (let i = 0; i < 3000 && !holds(); i++) await new Promise((done) => setTimeout(done, 20));
    check(holds(), `waited in vain: ${what}`);
  };
  try {
    await until(() => window.ntk, "the page starts");
    const { core, lab, plot, distances, example } = window.ntk;

    // Training runs unless the reader has asked for less motion.
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    await frames(5);
    check(lab.networks[4].steps > 0 !== still, `still ${still}, ${lab.networks[4].steps} steps`);
    check(get("run").textContent === (still ? "Train" : "Pause"), get("run").textContent);
    if (!still) get("run").click();
    await frames(8);
    const before = lab.networks[4].steps;
    await frames(5);
    check(lab.networks[4].steps === before, "it trains although paused");

    // All is seen, nothing is wider than the window, and whatever can be pressed is large enough for a thumb.
    for (const svg of document.querySelectorAll("figure svg")) {
      const box = svg.getBoundingClientRect();
      check(box.width > 200 && box.height > 200 && svg.checkVisibility(), `${svg.id} is not seen`);
      check(svg.querySelectorAll("text").length > 5, `no letters in ${svg.id}`);
      check(svg.getAttribute("aria-label"), `${svg.id} has no name`);
    }
    check(document.documentElement.scrollWidth <= innerWidth, `wider than the window: ${document.documentElement.scrollWidth}`);
    const thumbs = [...document.querySelectorAll("button, input[type=range], fieldset label, .sample")];
    for (const one of thumbs) {
      const box = one.getBoundingClientRect();
      check(box.height >= 30 && box.width >= 30, `${one.id || one.textContent} is too small: ${box.width} x ${box.height}`);
    }
    for (const input of document.querySelectorAll("input")) check(input.labels.length === 1, `${input.id} has no label`);

    // Drag: what lies on top at that place gets the pointer, and every answer moves with it.
    get("plot").scrollIntoView({ block: "center" });
    const index = lab.samples.findIndex(([x]) => x === Math.max(...lab.samples.map((s) => s[0])));
    const handle = plot.handles[index];
    const box = handle.getBoundingClientRect();
    const old = { y: lab.samples[index][1], mean: lab.kernel.mean.join(), line: lab.networks[4].line.join(), high: lab.kernel.high.join() };
    await drag(box.x + box.width / 2, box.y + box.height / 2, 0, -48);
    await frames(3);
    check(lab.samples[index][1] > old.y + 0.3, `dragged from ${old.y} to ${lab.samples[index][1]}`);
    check(document.activeElement === handle, "a dragged sample has the focus");
    check(!handle.classList.contains("held"), "a sample that was let go is held");
    check(lab.kernel.mean.join() !== old.mean && lab.kernel.high.join() !== old.high, "the kernel has not moved");
    check(lab.networks[4].line.join() !== old.line, "the linearised network has not moved");
    get("run").click();
    await frames(20);
    get("run").click();
    check(lab.networks[4].steps > before, "the network does not follow");

    // Keyboard.
    const press = (where, key, shiftKey = false) =>
      where.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
    const [x, y] = lab.samples[index];
    press(handle, "ArrowLeft");
    press(handle, "ArrowDown", true);
    check(Math.abs(lab.samples[index][0] - x + 0.02) < 1e-12 && Math.abs(lab.samples[index][1] - y + 0.25) < 1e-12, "arrows do not move it");
    check(handle.getAttribute("aria-valuetext").startsWith("x "), handle.getAttribute("aria-valuetext"));
    press(handle, "Delete");
    check(lab.samples.length === 14 && plot.handles.length === 14 && plot.handles.includes(document.activeElement), "Delete");
    get("add").click();
    check(lab.samples.length === 15 && document.activeElement === plot.handles[14], "Add a sample");
    press(distances.columns[8], "ArrowRight");
    check(document.activeElement === distances.columns[9], "columns by keyboard");
    press(distances.columns[9], "Enter");
    check(lab.chosen === 9 && get("width").value === "9" && get("units").textContent === "512", `chosen ${lab.chosen}`);
    while (lab.samples.length > 8) press(plot.handles[0], "Delete");
    check(plot.band.getAttribute("d") === "" && get("said").textContent.includes("nine samples"), "eight samples have an interval");
    while (lab.samples.length > 1) press(plot.handles[0], "Delete");
    press(plot.handles[0], "Delete");
    check(lab.samples.length === 1, "the last sample is gone");
    while (!get("add").disabled) get("add").click();
    check(lab.samples.length === core.room, `room for ${lab.samples.length}`);
    get("weights").click();
    check(lab.earlier.length === 1, "earlier weights leave no shadow");

    // Settings.
    const radio = document.querySelector("input[value='1']");
    radio.click();
    check(lab.activation === 1 && lab.networks[9].steps === 0, "another activation");
    get("noise").value = 6;
    get("noise").dispatchEvent(new Event("input"));
    check(get("sigma").textContent === "0.5", get("sigma").textContent);
    get("reset").click();
    check(lab.samples.length === 15 && lab.activation === 0 && document.querySelector("input[value='0']").checked, "Reset");

    // The bits of the core on the machine that runs this test.
    const numbers = [];
    const samples = core.example(2).samples;
    numbers.push(...samples.flat());
    for (const [activation, noise] of [[0, 0.2], [1, 0.1], [2, 0.3]]) {
      core.call("set", activation, noise);
      core.fit(samples);
      core.call("draw", 7);
      core.call("descend", 9, 10);
      const { mean, low, high } = core.kernel();
      const { curve, line } = core.network(9);
      numbers.push(...mean, ...low, ...high, ...curve, ...line);
    }
    core.example(2);
    numbers.push(...core.exampleNetwork(6).curve);
    const bits = [...new BigUint64Array(new Float64Array(numbers).buffer)].map((v) => v.toString(16)).join();
    check(bits === expected, "other bits than the core's");
    lab.reset();

    // Example 3 by a click, in its worker.
    get("redraw").click();
    check(get("redraw").disabled, "a second draw may start");
    await until(() => !get("redraw").disabled, "Example 3");
    const [draw] = example.draws;
    check(draw.networks.length === 11 && draw.networks.every((n) => n.error > 0 && n.error < 10), "errors of Example 3");
    check(Math.abs(draw.error - 0.25045) < 1e-5, `the NTK's error is ${draw.error}`);
    check(get("errors").querySelectorAll("circle").length === 11 && get("functions").querySelectorAll(".curve").length === 5, "what is drawn");
    check(get("tally").textContent.startsWith("In this draw the NTK was not the best"), get("tally").textContent);
    check(get("trouble").hidden, get("trouble").textContent);
  } catch (error) {
    wrong.push(String(error.stack));
  }
  return wrong.join("; ");
};
