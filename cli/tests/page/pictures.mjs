// Takes the pictures of docs/images from a page of `flagfall report --html`.
//
//   node pictures.mjs PAGE.html BROWSER FOLDER [resources]
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page, browserPath, folder, only] = process.argv.slice(2);
assert(page && browserPath && folder, "usage: node pictures.mjs PAGE.html BROWSER FOLDER [resources]");
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });

/** A picture of some parts of the page down to `last`, in a tab of its own: what was hidden is not drawn again. */
async function picture(name, parts, last, before = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 980, height: 700 }, colorScheme: "light" });
  const tab = await context.newPage();
  await tab.goto(pathToFileURL(resolve(page)).href);
  await tab.waitForFunction(() => document.documentElement.dataset.ready === "yes");
  await before(tab);
  await tab.evaluate((shown) => {
    for (const part of document.querySelectorAll("header.top, main > *, footer")) {
      part.style.display = shown.some((one) => part.matches(one)) ? "" : "none";
    }
    // What leads to parts that are not in the picture.
    for (const part of document.querySelectorAll("header.top nav, #theme")) part.style.display = "none";
    document.querySelector("main").style.padding = "0 1.25rem";
  }, parts);
  const box = await tab.locator(last).boundingBox();
  const clip = { x: 0, y: 0, width: 980, height: box.y + box.height + 20 };
  await tab.screenshot({ path: `${folder}/${name}.png`, clip, fullPage: true });
  await context.close();
}

if (only === "resources") {
  await picture("resources", ["#resources"], "#resources-lanes");
  await browser.close();
  process.exit();
}
await picture("report", ["header.top", "#summary", "#factors"], "#factors-plot");
await picture("timeline", ["#timeline"], "#timeline-detail input[type=range]", (tab) =>
  // In the middle of the run.
  tab.locator("#timeline-detail input[type=range]").evaluate((range) => {
    range.value = Math.round(0.45 * range.max);
    range.dispatchEvent(new Event("input"));
  }));
await browser.close();
