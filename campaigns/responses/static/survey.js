// Keeps the page in step with what is chosen, and tells a rating clicked in the letter once a person looks at it.
"use strict";
for (const form of document.querySelectorAll("form")) {
  const chosen = () => (form.querySelector("[name=score]:checked") || {}).value || "";
  const answers = (name) => new FormData(form).getAll(name).filter((value) => value !== "");

  // The same grammar as campaigns/catalog/condition.py: groups of clauses, one of which must hold whole.
  const compare = {
    "==": (a, b) => a === b, "!=": (a, b) => a !== b,
    "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  };
  const holds = ([name, operator, value]) => {
    const given = answers(name);
    const asked = form.querySelector(`.question[data-key="${name}"]`);
    if (!given.length || (asked && asked.dataset.hides)) return false;
    if (form.querySelector(`[name="${name}"][type=checkbox]`)) return given.includes(value) === (operator === "==");
    return compare[operator](typeof value === "number" ? Number(given[0]) : given[0], value);
  };

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
  };
  form.addEventListener("change", keepInStep);
  keepInStep();

  for (const field of form.querySelectorAll("textarea")) {
    const grow = () => {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight + 2}px`;
    };
    field.addEventListener("input", grow);
    if (field.value) grow();
  }

  // One click in the letter is enough: the page tells the score by itself, as provisional, after two
  // seconds in front of somebody; any touch of theirs makes it theirs. A scanner's browser gets no further.
  if (!form.dataset.tell) continue;
  let seconds = 0, touched = false, told = "", timer;
  const seen = () => document.visibilityState === "visible" && document.hasFocus() && !document.prerendering;
  const tell = () => {
    const level = touched ? "confirmed" : "provisional";
    if (seconds < 2 || told === level + chosen() || (navigator.webdriver && !touched)) return;
    told = level + chosen();
    const body = new URLSearchParams({ nonce: form.elements.nonce.value, score: chosen(), level });
    if (navigator.webdriver) body.set("webdriver", "1");
    fetch(form.dataset.tell, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => { told = ""; });
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(tell, 1000); };
  const touch = (event) => {
    if (!event.isTrusted || (event.target.closest && event.target.closest("button"))) return;
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
  form.addEventListener("submit", () => { seconds = 0; clearInterval(watch); clearTimeout(timer); });
}
