// The page of the service: sends the form to POST /images, shows the image while it grows, and keeps a history in the browser.
const LONGEST_HISTORY = 24;
const PREVIEWS = 8;
const element = id => document.getElementById(id);
const form = element("form"), stage = element("image"), progress = element("progress"), status = element("status");
let model = null, running = null, announced = "";
let history = read();

// What the model takes decides which fields there are.
async function open() {
  for (;;) {
    const answer = await fetch("model").catch(() => null);
    if (answer?.ok) {
      model = await answer.json();
      break;
    }
    await new Promise(again => setTimeout(again, 1000));
  }
  element("model").textContent = `${model.name}, ${model.width} × ${model.height} pixels`;
  element("label-field").hidden = model.takes !== "labels";
  element("prompt-field").hidden = model.takes !== "prompts";
  const labels = model.needsLabel ? model.labels : [...model.labels, ""];
  element("label").replaceChildren(...labels.map(label => new Option(label || "(any)", label)));
  const sizes = sizesOf(model);
  element("size").replaceChildren(...sizes.map(([width, height]) => new Option(`${width} × ${height}`, `${width}x${height}`)));
  element("size").value = `${model.width}x${model.height}`;
  const steps = element("steps");
  [steps.max, steps.value] = [Math.min(model.maximumSteps, 100), model.steps];
  element("guidance").value = model.guidanceScale;
  element("seed").value = randomSeed();
  element("draw").disabled = false;
  showValues();
}

// The model's own size, and others near it that are allowed.
function sizesOf({ width, height, sizeMultiple, maximumPixels }) {
  const scales = [0.5, 0.75, 1, 1.25, 1.5, 2, 4];
  const near = side => scale => Math.max(1, Math.round(side * scale / sizeMultiple)) * sizeMultiple;
  const found = scales.map(scale => [near(width)(scale), near(height)(scale)]).filter(([w, h]) => w * h <= maximumPixels);
  return [...new Map([...found, [width, height]].map(size => [`${size}`, size])).values()].sort((a, b) => a[0] - b[0]);
}

function order() {
  const [width, height] = element("size").value.split("x").map(Number);
  const subject = model.takes === "labels" ? { label: element("label").value || undefined }
    : model.takes === "prompts" ? { prompt: element("prompt").value } : {};
  const steers = model.takes === "prompts" || subject.label !== undefined;
  return {
    ...subject, width, height, seed: Number(element("seed").value), steps: Number(element("steps").value),
    ...(steers ? { guidanceScale: Number(element("guidance").value) } : {}),
  };
}

async function draw() {
  running?.abort();
  const mine = running = new AbortController();
  const asked = order();
  busy(true);
  say("Waiting …");
  element("stage").scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  try {
    const answer = await fetch("images", {
      method: "POST", signal: mine.signal, headers: { "Content-Type": "application/json", "Accept": "text/event-stream" },
      body: JSON.stringify({ ...asked, previews: Math.min(PREVIEWS, model.maximumPreviews) }),
    });
    if (!answer.ok)
      throw new Error((await answer.json()).detail ?? `The service answered ${answer.status}.`);
    for await (const { type, data } of events(answer.body))
      handle(type, data);
  } catch (error) {
    if (running === mine)
      error.name === "AbortError" ? say("Cancelled.") : fail(error.message);
  } finally {
    if (running === mine) {
      running = null;
      busy(false);
    }
  }
}

function handle(type, data) {
  if (type === "queued" && data.ahead > 0)
    say(data.ahead === 1 ? "One image is drawn before this one." : `${data.ahead} images are drawn before this one.`);
  if (type === "step" || type === "preview") {
    progress.value = data.step / data.steps;
    if (type === "preview" || data.step === 1)
      say(`Step ${data.step} of ${data.steps}`);
  }
  if (type === "preview")
    show(data.preview, "Preview of the image");
  if (type === "problem")
    throw new Error(data.detail ?? data.title);
  if (type === "image")
    finish(data);
}

function finish(drawn) {
  progress.value = 1;
  present(drawn);
  say(`Drawn: ${name(drawn)}.`);
  history = [drawn, ...history.filter(other => key(other) !== key(drawn))].slice(0, LONGEST_HISTORY);
  localStorage.setItem("history", JSON.stringify(history));
  showHistory();
  if (!element("keep").checked)
    element("seed").value = randomSeed();
}

function present(drawn) {
  show(drawn.png, name(drawn));
  const link = element("download");
  [link.href, link.download, link.hidden] = [source(drawn.png), `${drawn.seed}.png`, false];
}

// An old image comes back with the settings that reproduce it.
function recall(drawn) {
  if (model && model.takes === "labels")
    element("label").value = drawn.label ?? "";
  element("prompt").value = drawn.prompt ?? "";
  [element("seed").value, element("steps").value, element("guidance").value] = [drawn.seed, drawn.steps, drawn.guidanceScale];
  element("size").value = `${drawn.width}x${drawn.height}`;
  element("keep").checked = true;
  showValues();
  present(drawn);
  say(`Shown: ${name(drawn)}.`);
}

function showHistory() {
  element("forget").hidden = history.length === 0;
  element("history-hint").hidden = history.length > 0;
  element("drawn").replaceChildren(...history.map(drawn => {
    const item = document.createElement("li"), button = document.createElement("button"), image = document.createElement("img");
    [image.src, image.alt] = [source(drawn.png), ""];
    button.type = "button";
    button.setAttribute("aria-label", `Show ${name(drawn)} again`);
    button.append(image, line(drawn.label ?? drawn.prompt ?? ""), line(`seed ${drawn.seed}`));
    button.addEventListener("click", () => recall(drawn));
    item.append(button);
    return item;
  }));
}

function line(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}

// Server-sent events of an answer to POST, which EventSource cannot read.
async function* events(body) {
  let text = "";
  const decoder = new TextDecoder();
  for (const reader = body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done)
      return;
    text += decoder.decode(value, { stream: true });
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const lines = text.slice(0, end).split("\n");
      const field = name => lines.filter(line => line.startsWith(`${name}: `)).map(line => line.slice(name.length + 2)).join("\n");
      yield { type: field("event"), data: JSON.parse(field("data")) };
    }
  }
}

function busy(yes) {
  stage.parentElement.setAttribute("aria-busy", yes);
  element("cancel").disabled = !yes;
  if (yes)
    progress.value = 0;
}

function show(png, description) {
  [stage.src, stage.alt, stage.hidden] = [source(png), description, false];
  element("empty").hidden = true;
}

function say(text, wrong = false) {
  if (text !== announced)
    status.textContent = announced = text;
  status.classList.toggle("wrong", wrong);
}

function fail(message) {
  progress.value = 0;
  say(message, true);
}

function showValues() {
  element("steps-value").textContent = element("steps").value;
  element("guidance-value").textContent = Number(element("guidance").value) === 1 ? "none" : element("guidance").value;
}

function read() {
  try {
    const stored = JSON.parse(localStorage.getItem("history") ?? "[]");
    return Array.isArray(stored) ? stored.filter(drawn => drawn && typeof drawn.png === "string") : [];
  } catch {
    return [];
  }
}

const key = ({ png, ...settings }) => JSON.stringify(settings);
const name = drawn => [drawn.label ?? drawn.prompt, `seed ${drawn.seed}`].filter(part => part).join(", ");
const source = png => `data:image/png;base64,${png}`;
const randomSeed = () => crypto.getRandomValues(new Uint32Array(1))[0];

form.addEventListener("submit", event => {
  event.preventDefault();
  draw();
});
form.addEventListener("input", showValues);
element("prompt").addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
    form.requestSubmit();
});
element("dice").addEventListener("click", () => element("seed").value = randomSeed());
element("cancel").addEventListener("click", () => running?.abort());
element("forget").addEventListener("click", () => {
  history = [];
  localStorage.removeItem("history");
  showHistory();
  element("draw").focus();
});
addEventListener("keydown", event => {
  if (event.key === "Escape")
    running?.abort();
});
showHistory();
open();
