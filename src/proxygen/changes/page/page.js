"use strict";
const form = document.getElementById("filter");
function apply() {
  const data = new FormData(form);
  const severities = new Set(data.getAll("severity"));
  const file = data.get("file");
  const text = data.get("text").trim().toLowerCase();
  let shown = 0;
  for (const section of document.querySelectorAll("section")) {
    let here = 0;
    for (const article of section.querySelectorAll("article")) {
      const fits = severities.has(article.dataset.severity)
        && (!file || article.dataset.file === file)
        && (!text || article.textContent.toLowerCase().includes(text));
      article.hidden = !fits;
      here += fits ? 1 : 0;
    }
    section.hidden = here === 0;
    shown += here;
  }
  form.elements.shown.value = `${shown} of ${document.querySelectorAll("article").length} shown`;
}
if (form) {
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  apply();
}
