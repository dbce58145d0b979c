// Brings the parts to life, in the theme of the system or the one that is chosen.
"use strict";

function themes() {
  const button = byId("theme");
  const names = ["system", "light", "dark"];
  let at = 0;
  button.hidden = false;
  button.addEventListener("click", () => {
    at = (at + 1) % names.length;
    button.textContent = `Theme: ${names[at]}`;
    if (at === 0) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = names[at];
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  // Paper is white.
  let before;
  addEventListener("beforeprint", () => { before = document.documentElement.dataset.theme; document.documentElement.dataset.theme = "light"; redraw(); });
  addEventListener("afterprint", () => {
    if (before === undefined) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = before;
    redraw();
  });
}

/** Inside a notebook, the page has no address of its own, and a link to a part of it would load the notebook. */
function links() {
  if (location.protocol !== "about:") return;
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      byId(link.getAttribute("href").slice(1)).scrollIntoView();
    });
  }
}

function study() {
  if (data.measures.length > 0) {
    meansPlot();
    distributionPlots();
  } else {
    byId("factors-hint").textContent = byId("distributions-hint").textContent = "The model names no measures.";
  }
  warmUpPlot();
  rowsTable();
}

themes();
links();
// The page of a single run has no study.
if (data.points) study();
resourceLanes();
timeline();
redraw();

let width = document.documentElement.clientWidth;
let waiting;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    redraw();
  }, 120);
});
document.documentElement.dataset.ready = "yes";
