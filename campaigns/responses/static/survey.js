// Keeps the page in step with what is chosen, keeps what is filled in, and tells a rating clicked in the letter
// once a person looks at it. Every page works without it.
"use strict";
let leaving = false;
addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
addEventListener("pageshow", () => { leaving = false; });

for (const form of document.querySelectorAll("form.survey")) {
  const chosen = () => (form.querySelector("[name=score]:checked") || {}).value || "";
  const answers = (name) => new FormData(form).getAll(name).filter((value) => value !== "");
  const part = (name) => form.querySelector(name);

  // The same grammar as campaigns/catalog/condition.py: groups of clauses, one of which must hold whole.
  const compare = {
    "==": (a, b) => a === b, "!=": (a, b) => a !== b,
    "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  };
  const holds = ([name, operator, value]) => {
    const given = answers(name);
    const asked = part(`.question[data-key="${name}"]`);
    if (!given.length || (asked && asked.dataset.hides)) return false;
    if (part(`[name="${name}"][type=checkbox]`)) return given.includes(value) === (operator === "==");
    return compare[operator](typeof value === "number" ? Number(given[0]) : given[0], value);
  };

  const progress = part(".progress");
  const keepInStep = () => {
    const score = chosen();
    for (const question of form.querySelectorAll("[data-when]")) {
      const shown = JSON.parse(question.dataset.when).some((clauses) => clauses.every(holds));
      question.dataset.hides = shown ? "" : "1";
      question.hidden = !shown;
    }
    for (const words of form.querySelectorAll("button [data-scores]")) {
      words.hidden = words.dataset.scores !== (score || "none");
    }
    if (progress) {
      const shown = [...form.querySelectorAll(".question:not([hidden])")];
      const done = shown.filter((each) => answers(each.dataset.key).length).length + (score ? 1 : 0);
      progress.firstElementChild.value = done;
      progress.firstElementChild.max = shown.length + 1;
      progress.lastElementChild.textContent = progress.dataset.words.replace("{n}", done).replace("{of}", shown.length + 1);
    }
  };
  form.elements["-asked"].value = [...form.querySelectorAll(".question")].map((each) => each.dataset.key).join(" ");
  form.addEventListener("change", keepInStep);
  form.addEventListener("input", keepInStep);
  addEventListener("pageshow", keepInStep);
  keepInStep();

  for (const field of form.querySelectorAll("textarea")) {
    const left = document.getElementById(`${field.id}-left`);
    const grow = () => {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight + 2}px`;
      left.textContent = left.dataset.words.replace("{n}", field.maxLength - field.value.length);
    };
    field.addEventListener("input", grow);
    if (field.value) grow();
  }

  const send = (url, values, done) => {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    if (navigator.webdriver) body.set("webdriver", "1");
    const urlencoded = new URLSearchParams(body);
    fetch(url, { method: "POST", body: urlencoded, keepalive: String(urlencoded).length < 60000, credentials: "omit" })
      .then((answer) => done(answer.status < 500), () => done(false));
  };

  // What is filled in is kept as it is given, until the button is pressed; what does not arrive stays here and is sent
  // once there is a connection again.
  let kept = "", typing;
  const filled = () => String(new URLSearchParams(new FormData(form)));
  const keep = () => {
    clearTimeout(typing);
    const now = filled();
    if (leaving || !chosen() || now === kept) return;
    kept = now;
    send(form.action, { level: "confirmed", "-partial": "1" }, (arrived) => {
      if (!arrived) kept = "";
      offline(!arrived);
    });
  };
  const offline = (is) => { part(".offline").hidden = !is; };
  const isQuestion = (event) => event.isTrusted && event.target.closest(".question");
  if (form.dataset.keeps) {
    const later = (event) => {
      if (!isQuestion(event)) return;
      clearTimeout(typing);
      typing = setTimeout(keep, event.type === "change" ? 300 : 1500);
    };
    kept = filled();
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && typing) keep(); });
    addEventListener("online", () => { if (typing && !waits) keep(); });
  }

  // A button pressed twice sends once; pressed without a connection it sends when there is one.
  let waits = false, pressed = 0;
  form.addEventListener("submit", (event) => {
    clearTimeout(typing);
    if (event.timeStamp - pressed < 4000 && pressed) { event.preventDefault(); return; }
    pressed = event.timeStamp;
    if (navigator.onLine) return;
    event.preventDefault();
    pressed = 0;
    waits = true;
    offline(true);
  });
  addEventListener("pageshow", () => { pressed = 0; });
  addEventListener("online", () => {
    offline(false);
    if (waits) { waits = false; form.requestSubmit(); }
  });

  // A press that no hand made is told as one: a program can press whatever it finds on a page.
  let byHand = false;
  for (const gesture of ["pointerdown", "keydown", "touchstart", "click"]) {
    addEventListener(gesture, (event) => { byHand = byHand || event.isTrusted; }, { capture: true, passive: true });
  }
  form.addEventListener("submit", () => {
    if (!byHand) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "gesture", value: "none" }));
  });

  // One click in the letter is enough: the page tells the score by itself, as provisional, after two
  // seconds in front of somebody; any touch of theirs makes it theirs. A scanner's browser gets no further.
  if (!form.dataset.tell) continue;
  let seconds = 0, touched = false, told = "", timer;
  const seen = () => document.visibilityState === "visible" && document.hasFocus() && !document.prerendering;
  const tell = () => {
    const level = touched ? "confirmed" : "provisional";
    if (leaving || seconds < 2 || told === level + chosen() || (navigator.webdriver && !touched)) return;
    told = level + chosen();
    const body = new URLSearchParams({ nonce: form.elements.nonce.value, score: chosen(), level });
    if (navigator.webdriver) body.set("webdriver", "1");
    fetch(form.dataset.tell, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => { told = ""; });
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(tell, 1000); };
  const touch = (event) => {
    if (!event.isTrusted || (event.target.closest && event.target.closest("button, .early"))) return;
    touched = true;
    soon();
  };
  const watch = setInterval(() => {
    if (!seen()) return;
    seconds += 0.5;
    if (seconds === 2) { clearInterval(watch); tell(); }
  }, 500);
  for (const gesture of ["pointerdown", "keydown", "touchstart", "scroll", "change"]) {
    addEventListener(gesture, touch, { capture: true, passive: true });
  }
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && touched) tell(); });
  addEventListener("submit", () => { seconds = 0; clearInterval(watch); clearTimeout(timer); });
}
