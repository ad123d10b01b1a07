"use strict";
(() => {
  const form = document.querySelector("form.filters");
  if (!form) return;
  form.hidden = false;
  const output = form.querySelector("output");
  const select = form.querySelector("select");
  const items = [...document.querySelectorAll(".item")];
  // Others are no lists of findings, so no filter is about them.
  const groups = [...document.querySelectorAll(".group")].filter((group) => group.querySelector(".item"));
  const chosen = (kind) =>
    [...form.querySelectorAll(`[data-filter="${kind}"][aria-pressed="true"]`)].map((chip) => chip.dataset.value);

  const apply = () => {
    const severities = chosen("severity");
    const families = chosen("family");
    let findings = 0;
    let shown = 0;
    for (const item of items) {
      const { severity, family } = item.dataset;
      const fits =
        (!severities.length || severities.includes(severity)) && (!families.length || families.includes(family));
      item.hidden = !fits;
      if (severity !== "none" && !(select && select.value && item.closest(".host").id !== select.value)) {
        findings += 1;
        shown += fits ? 1 : 0;
      }
    }
    for (const group of groups) {
      const left = group.querySelectorAll(".item:not([hidden])").length;
      group.hidden = !left;
      group.querySelector(".number").textContent = left;
    }
    for (const host of document.querySelectorAll(".host")) {
      host.hidden = Boolean(select && select.value && host.id !== select.value);
    }
    output.textContent = `${shown} of ${findings} findings`;
  };

  form.addEventListener("click", (event) => {
    const chip = event.target.closest("button");
    if (!chip) return;
    const pressed = chip.getAttribute("aria-pressed") !== "true";
    chip.setAttribute("aria-pressed", String(pressed));
    if ("unfold" in chip.dataset) {
      for (const details of document.querySelectorAll("details")) details.open = pressed;
    }
    apply();
  });
  if (select) select.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll(".item, .fact, .checklist, .peers, .proof")) details.open = true;
  });
  apply();
})();
