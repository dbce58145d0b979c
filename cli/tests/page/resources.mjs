// Looks at the resources of a run on a page of `flagfall report --html`, in a real browser.
//
//   node resources.mjs PAGE.html BROWSER [FOLDER for screenshots]
//
// The page is one of the job shop of examples/reference: five stations, which are one group.
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page, browserPath, shots] = process.argv.slice(2);
assert(page && browserPath, "usage: node resources.mjs PAGE.html BROWSER [FOLDER]");
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
let checks = 0;
const ok = (holds, what) => { checks += 1; assert(holds, what); };

for (const [width, colorScheme] of [[1000, "light"], [1400, "dark"], [390, "light"]]) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const tab = await context.newPage();
  const mistakes = [];
  tab.on("console", (message) => { if (["error", "warning"].includes(message.type())) mistakes.push(message.text()); });
  tab.on("pageerror", (error) => mistakes.push(error.stack));
  await tab.goto(pathToFileURL(resolve(page)).href);
  await tab.waitForFunction(() => document.documentElement.dataset.ready === "yes");
  const part = tab.locator("#resources");
  const lanes = part.locator(".lane:not(.lane-scale)");
  ok(await lanes.count() === 1, "a group is one lane");
  ok(/station\[\*\].*utilisation [\d.]+ %.*in line on average.*granted/s.test(await lanes.first().textContent()), "its numbers");
  await part.locator("summary", { hasText: "station[*]: all 5" }).click();
  // The browser tells the page later that it is open.
  await lanes.nth(5).waitFor();
  ok(await lanes.count() === 6, "all lanes of the group");
  const marks = await part.locator(".lane-axis span").allTextContents();
  ok(marks.length >= 4 && marks.slice(1).every((text) => / (d|h|min)$/.test(text)), `a scale in days: ${marks}`);

  // The parts of each lane are within it (but for the width of strokes), and the use is at most the capacity of a job shop.
  for (const chart of await part.locator(".lane-body svg").all()) {
    const [box, parts] = [await chart.boundingBox(), await chart.locator("path").all()];
    ok(parts.length === 4, "line, its largest numbers, use and capacity");
    for (const path of parts) {
      const of = await path.boundingBox();
      ok(of.x >= box.x - 4 && of.x + of.width <= box.x + box.width + 4 && of.y >= box.y - 4 && of.y + of.height <= box.y + box.height + 4, `within its lane: ${JSON.stringify([box, of, await path.getAttribute("class")])}`);
    }
    ok((await parts[2].boundingBox()).height > 1, "something is in use");
  }
  const chart = lanes.nth(1).locator("svg");
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  await tab.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await lanes.nth(1).locator(".tip:not([hidden])").waitFor();
  const tip = await lanes.nth(1).locator(".tip").textContent();
  ok(/\d+ d.*\nline [\d.]+\nin use [\d.]+\ncapacity 3$/s.test(tip), `what is there at a time: ${tip}`);
  // The part that the timeline shows is marked on each lane, and follows its window.
  const bands = async () => part.locator(".lane-body svg .band").evaluateAll((all) => all.map((band) => [Number(band.getAttribute("x")), Number(band.getAttribute("width"))]));
  const before = await bands();
  ok(before.length === 6 && before.every(([x, width]) => x === before[0][0] && width > 0 && width < 500), `marked on each lane: ${before}`);
  await tab.locator("#timeline-overview .window").focus();
  await tab.keyboard.press("End");
  const after = await bands();
  ok(after.every(([x]) => x > before[0][0]), `it follows the window: ${before}, then ${after}`);
  const [wide, room] = await tab.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  ok(wide <= room, `the page is ${wide} wide in ${room}`);
  if (shots) await part.screenshot({ path: `${shots}/resources-${width}.png` });
  ok(mistakes.length === 0, mistakes.join("\n"));
  await context.close();
}
await browser.close();
console.log(`${checks} checks passed`);
