// Opens a page of `flagfall report --html` in a real browser and uses all of it.
//
//   node page.mjs PAGE.html BROWSER [FOLDER for screenshots]
//
// The page is one of a study with two factors and a failed replication (fixtures/study).
// Coarse properties are compared, not pixels: fonts and browsers differ.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page, browserPath, shots] = process.argv.slice(2);
assert(page && browserPath, "usage: node page.mjs PAGE.html BROWSER [FOLDER]");
const address = pathToFileURL(resolve(page)).href;
if (shots) mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
let checks = 0;
const ok = (holds, what) => { checks += 1; assert(holds, what); };
const equal = (found, wanted, what) => { checks += 1; assert.deepEqual(found, wanted, what); };

/** A page that fails the test at any error and any request but the one for itself. */
async function open(width, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const tab = await context.newPage();
  const mistakes = [];
  tab.on("console", (message) => { if (["error", "warning"].includes(message.type())) mistakes.push(message.text()); });
  tab.on("pageerror", (error) => mistakes.push(error.stack));
  tab.on("request", (request) => { if (request.url() !== address && !request.url().startsWith("data:")) mistakes.push(`request: ${request.url()}`); });
  tab.on("websocket", (socket) => mistakes.push(`websocket: ${socket.url()}`));
  await tab.goto(address);
  await tab.waitForFunction(() => document.documentElement.dataset.ready === "yes");
  return { tab, close: async () => { equal(mistakes, [], "errors and requests"); await context.close(); } };
}

/** How much of a canvas is not background, and a hash of it. */
const ink = (locator) => locator.evaluate((canvas) => {
  // Of a copy: the browser warns of those that are read often.
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  let hash = 0;
  const [r, g, b, a] = data;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] !== r || data[at + 1] !== g || data[at + 2] !== b || data[at + 3] !== a) inked += 1;
    hash = (hash * 31 + data[at] + data[at + 1] * 3 + data[at + 2] * 5 + data[at + 3]) | 0;
  }
  return { share: inked / (data.length / 4), hash };
});

const drawn = async (locator, what) => {
  const { share, hash } = await ink(locator);
  ok(share > 0.002 && share < 0.98, `${what}: ${share} of the canvas is drawn on`);
  return hash;
};

const choose = (tab, section, label, value) => tab.locator(`#${section}-controls label`, { hasText: new RegExp(`^${label}`) }).locator("select").selectOption(value);

async function looks(tab) {
  equal(await tab.evaluate(() => document.documentElement.lang), "en", "language");
  const [wide, room] = await tab.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  ok(wide <= room, `the page is ${wide} wide in ${room}`);
  const unnamed = await tab.evaluate(() => [...document.querySelectorAll("button, select, input")].filter((field) => !(field.textContent.trim() || field.getAttribute("aria-label") || field.labels?.length)).length);
  equal(unnamed, 0, "fields without a name");
  // Contrast of texts with what they stand on, as WCAG 2 has it.
  const low = await tab.evaluate(() => {
    const light = (colour) => {
      const [r, g, b] = colour.match(/[\d.]+/g).map(Number).map((value) => { const share = value / 255; return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const back = (node) => {
      for (let at = node; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (/^rgb\(/.test(colour)) return colour;
      }
      return "rgb(255, 255, 255)";
    };
    const found = [];
    for (const node of document.querySelectorAll("h1, h2, h3, p, td, th, dt, dd, a, button:enabled, label, code, kbd, span, li")) {
      if (!node.textContent.trim() || node.offsetParent === null) continue;
      const [one, other] = [light(getComputedStyle(node).color), light(back(node))];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (ratio < 4.5) found.push(`${node.tagName} ${node.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
    }
    return found;
  });
  equal(low, [], "texts of low contrast");
}

async function plots(tab) {
  const means = tab.locator("#factors-plot canvas");
  const first = await drawn(means, "means");
  equal(await tab.locator("#factors-legend li").count(), 2, "lines for the other factor");
  await choose(tab, "factors", "Measure", { label: "commission ($)" });
  const other = await drawn(means, "means of another measure");
  ok(first !== other, "another measure looks different");
  await choose(tab, "factors", "Against", { label: "every" });
  ok(other !== await drawn(means, "means against another factor"), "another factor looks different");
  equal(await tab.locator("#factors-legend li").count(), 3, "lines for the other factor");
  await choose(tab, "factors", "fleet", { label: "4" });
  await drawn(means, "means with a factor held");
  equal(await tab.locator("#factors-legend li").count(), 0, "one line needs no legend");
  await tab.locator("#factors-plot .u-over").hover({ position: { x: 40, y: 90 } });
  await tab.waitForFunction(() => / 0\.5s\n.* ± /.test(document.querySelector("#factors-plot .tip").textContent));

  const figures = tab.locator("#distributions-plots canvas");
  equal(await figures.count(), 6, "a histogram for each point");
  const shares = await drawn(figures.first(), "a histogram");
  await choose(tab, "distributions", "Axes", "own");
  ok(shares !== await drawn(figures.first(), "a histogram with axes of its own"), "axes of its own look different");
  await choose(tab, "distributions", "Measure", { label: "ride_time (s)" });
  ok(shares !== await drawn(figures.first(), "another histogram"), "another measure looks different");

  const warm = tab.locator("#warm-up-plot canvas");
  const welch = await drawn(warm, "warm-up");
  ok(/MSER-5 cuts the first \d+ of 60 observations/.test(await tab.locator("#warm-up-hint").textContent()), "the cut in words");
  await choose(tab, "warm-up", "Moving average", "10");
  ok(welch !== await drawn(warm, "warm-up, smoother"), "another window looks different");
}

async function table(tab) {
  const rows = tab.locator("#replications-table tbody tr:not(.why)");
  const column = async (name) => {
    const heads = await tab.locator("#replications-table thead button").allTextContents();
    return tab.locator(`#replications-table tbody tr:not(.why) td:nth-child(${heads.indexOf(name) + 1})`).allTextContents();
  };
  const status = () => tab.locator("#replications-hint").textContent();
  const filter = tab.locator("#replications-controls input[type=search]");
  equal(await rows.count(), 25, "rows of a page");
  const total = Number(/of (\d+)/.exec(await status())[1]);

  const sort = tab.locator("#replications-table thead button", { hasText: /^ride_time/ });
  await sort.click();
  const up = (await column("ride_time")).map(Number);
  ok(up.every((value, at) => at === 0 || up[at - 1] <= value), "sorted upwards");
  equal(await tab.locator("#replications-table th[aria-sort=ascending]").count(), 1, "said to be sorted");
  // The button has the focus still: by keyboard.
  await tab.keyboard.press("Enter");
  const down = (await column("ride_time")).map(Number);
  ok(down.every((value, at) => at === 0 || down[at - 1] >= value) && down[0] > up[0], "sorted downwards");

  await filter.fill("fleet=8 every=1s");
  ok((await column("fleet")).every((text) => text === "8") && (await column("every")).every((text) => text === "1s"), "filtered by levels");
  const fit = Number(/of (\d+) that fit/.exec(await status())[1]);
  ok(fit > 0 && fit < total, "fewer rows fit");
  await filter.fill("ride_time>170");
  ok((await column("ride_time")).every((text) => Number(text) > 170), "filtered by a measure");
  await filter.fill("no such thing");
  ok((await tab.locator("#replications-table").textContent()).includes("No replication fits"), "nothing fits");
  await filter.fill("");
  await choose(tab, "replications", "Show", "failed");
  equal(await rows.count(), 1, "the failed row");
  const why = await tab.locator("tr.why").textContent();
  ok(why.includes("</script><b>") && why.includes("flagfall run taxi"), `error and replay line, as text: ${why}`);
  await choose(tab, "replications", "Show", "all");

  await tab.getByRole("button", { name: "Next page" }).click();
  ok((await status()).startsWith("Rows 26 to 50"), "the next page");
  await tab.getByRole("button", { name: "Last page" }).click();
  ok((await status()).includes(`to ${total} of ${total}`), "the last page");
  ok(await tab.getByRole("button", { name: "Next page" }).isDisabled(), "nothing after the last page");
}

/** Where the window of the timeline is, in seconds. */
async function windowNow(tab) {
  const parts = await tab.locator("#timeline-overview [role=slider]").evaluateAll((parts) => parts.map((part) => Number(part.getAttribute("aria-valuenow"))));
  equal([parts.length, parts[0]], [3, parts[1]], "the window and its edges");
  return parts.slice(1);
}

/** The overview of the whole run, and its window: by keyboard and mouse. */
async function overview(tab) {
  const canvas = tab.locator("#timeline-chart canvas");
  const place = tab.locator("#timeline-overview");
  await place.scrollIntoViewIfNeeded();
  await drawn(place.locator("canvas"), "overview");
  const [frame, begin, end] = [place.locator(".window"), place.locator(".edge").first(), place.locator(".edge").last()];
  const most = Number(await end.getAttribute("aria-valuemax"));
  let [from, to] = await windowNow(tab);
  ok(from === 0 && to > 3 && to < most * 0.8, `it opens on the first readable stretch: ${from} to ${to} of ${most}`);
  let before = await drawn(canvas, "the first stretch");
  /** What a step does to the window, which the chart follows. */
  const step = async (what, act, holds) => {
    await act();
    const now = await windowNow(tab);
    ok(holds(now), `${what}: ${from} to ${to}, then ${now}`);
    [from, to] = now;
    const after = await drawn(canvas, what);
    ok(after !== before, `${what}: the chart follows`);
    before = after;
  };
  const key = (name) => () => tab.keyboard.press(name);
  const wide = to - from;
  await frame.focus();
  await step("the window on by key", key("ArrowRight"), ([a, b]) => a > from && b > to && Math.abs(b - a - wide) < wide * 0.03);
  await step("the window to the end", key("End"), ([, b]) => b === most);
  await step("the window to the start", key("Home"), ([a]) => a === 0);
  await step("a smaller window", key("+"), ([a, b]) => b - a < (to - from) * 0.7);
  await step("on by nearly its width", key("PageUp"), ([a]) => a > (from + to) / 2);
  await step("back by nearly its width", key("PageDown"), ([a, b]) => a < from && b < to);
  await end.focus();
  await step("its end by key", key("ArrowRight"), ([a, b]) => a === from && b > to);
  await step("its end at the end", key("End"), ([a, b]) => a === from && b === most);
  await begin.focus();
  await step("its begin by key", key("ArrowRight"), ([a, b]) => a > from && b === to);
  await frame.focus();
  await step("the whole run", key("0"), ([a, b]) => a === 0 && b === most);

  // By mouse: an edge, then the window, then a place beside it.
  const grip = async (part) => { const box = await part.boundingBox(); return { x: box.x + box.width / 2, y: box.y + box.height / 2 }; };
  const drag = (part, by) => async () => {
    const { x, y } = await grip(part);
    await tab.mouse.move(x, y);
    await tab.mouse.down();
    await tab.mouse.move(x + by / 2, y);
    await tab.mouse.move(x + by, y);
    await tab.mouse.up();
  };
  const room = (await frame.boundingBox()).width;
  await step("an edge by mouse", drag(end, -room * 0.7), ([a, b]) => a === 0 && Math.abs(b - most * 0.3) < most * 0.06);
  await step("the window by mouse", drag(frame, room * 0.3), ([a, b]) => Math.abs(a - most * 0.3) < most * 0.06 && Math.abs(b - most * 0.6) < most * 0.06);
  const box = await place.locator("canvas").boundingBox();
  await step("a place beside it", () => tab.mouse.click(box.x + box.width - 30, box.y + 24), ([a, b]) => b > most * 0.9 && a > most * 0.5);
  // The player takes the window along.
  await canvas.focus();
  await step("the player's first event", key("Home"), ([a]) => a === 0);
  await step("the player's last event", key("End"), ([, b]) => b === most);
  await step("the whole run on the chart", key("0"), ([a, b]) => a === 0 && b === most);
  await tab.keyboard.press("Home");
}

/** Bars in the words of the model, and polling as one arrow. */
async function wordsAndFolds(tab) {
  const canvas = tab.locator("#timeline-chart canvas");
  const now = () => tab.locator("#timeline-now").textContent();
  const search = tab.locator("#timeline-controls input[type=search]");
  await search.fill("ride 0, 3 s");
  await tab.keyboard.press("Enter");
  ok(/: Daniel resumed RideOver \{ ride: 0, duration: 3s \}, after ride 0, 3 s$/.test(await now()), await now());
  const row = tab.locator("#timeline-detail tr[aria-current=true] td");
  equal((await row.allTextContents()).slice(1, 3), ["Daniel", "resumed"], "the name of an actor");
  equal(await row.nth(1).getAttribute("title"), "driver/dispatcher/taxi[0]", "and its path");
  await search.fill("");
  await canvas.focus();
  await tab.keyboard.press("Home");
  await tab.keyboard.press("0");

  const fold = tab.locator("#timeline-chart .fold:not([hidden])");
  await fold.first().waitFor();
  equal(await fold.allTextContents(), ["× 35"], "polling is one arrow");
  equal(await fold.getAttribute("aria-expanded"), "false", "it is closed");
  ok(/^× 35: driver asks driver\/message actor 35 times, GetAndClear/.test(await fold.getAttribute("aria-label")), await fold.getAttribute("aria-label"));
  const closed = await drawn(canvas, "folded");
  await fold.click();
  await tab.locator("#timeline-chart .fold[aria-expanded=true]").waitFor();
  const opened = await drawn(canvas, "unfolded");
  ok(closed !== opened, "a click opens it");
  await tab.keyboard.press("Enter");
  await tab.locator("#timeline-chart .fold[aria-expanded=false]").waitFor();
  equal(await drawn(canvas, "folded again"), closed, "Enter on its button folds it again");
  // By the event that belongs to it.
  await search.fill("getandclear");
  await tab.keyboard.press("Enter");
  await tab.keyboard.press("Escape");
  await tab.keyboard.press("Enter");
  await tab.locator("#timeline-chart .fold[aria-expanded=true]").waitFor();
  await tab.keyboard.press("Enter");
  await tab.locator("#timeline-chart .fold[aria-expanded=false]").waitFor();
  await search.fill("");
  await canvas.focus();
  await tab.keyboard.press("Home");
  await tab.keyboard.press("0");
}

async function timeline(tab) {
  const canvas = tab.locator("#timeline-chart canvas");
  const now = () => tab.locator("#timeline-now").textContent();
  const event = async () => Number(/^Event (\d+)/.exec(await now())[1]);
  await canvas.scrollIntoViewIfNeeded();
  let before = await drawn(canvas, "timeline");
  const changed = async (what) => { const after = await drawn(canvas, what); ok(before !== after, what); before = after; };

  equal(await event(), 1, "the first event");
  await tab.getByRole("button", { name: /^One event on/ }).click();
  equal(await event(), 2, "a step by mouse");
  await tab.getByRole("button", { name: /^One event back/ }).click();
  equal(await event(), 1, "a step back");
  await canvas.focus();
  for (let at = 0; at < 5; at += 1) await tab.keyboard.press("ArrowRight");
  equal(await event(), 6, "steps by keyboard");
  await changed("steps move the mark");
  await tab.keyboard.press("+");
  await changed("zoomed in by keyboard");
  await tab.keyboard.press("Shift+ArrowRight");
  await changed("panned by keyboard");
  await tab.keyboard.press("0");
  await changed("the whole run again");
  await tab.getByRole("button", { name: /^Zoom in/ }).click();
  await changed("zoomed in by mouse");
  const box = await canvas.boundingBox();
  const middle = { x: box.x + box.width * 0.6, y: box.y + box.height * 0.5 };
  await tab.mouse.move(middle.x, middle.y);
  await tab.keyboard.down("Control");
  await tab.mouse.wheel(0, -200);
  await tab.keyboard.up("Control");
  await changed("zoomed in by the wheel");
  await tab.mouse.down();
  await tab.mouse.move(middle.x - 120, middle.y, { steps: 4 });
  await tab.mouse.up();
  await changed("dragged");

  await canvas.focus();
  await tab.keyboard.press("Home");
  equal(await event(), 1, "home");
  await tab.keyboard.press(" ");
  await tab.waitForFunction(() => Number(/^Event (\d+)/.exec(document.getElementById("timeline-now").textContent)[1]) >= 4);
  await tab.keyboard.press(" ");
  const stopped = await event();
  await tab.waitForTimeout(400);
  equal(await event(), stopped, "paused");
  const play = tab.getByRole("button", { name: /^Play or pause/ });
  await play.click();
  equal(await play.getAttribute("aria-pressed"), "true", "plays");
  await tab.waitForFunction((from) => Number(/^Event (\d+)/.exec(document.getElementById("timeline-now").textContent)[1]) > from, stopped);
  await play.click();

  await canvas.focus();
  await tab.keyboard.press("/");
  await tab.keyboard.type("takeride");
  const matches = tab.locator("#timeline-controls [role=status]");
  ok(/^\d+ matches$/.test(await matches.textContent()), "matches are counted");
  await tab.keyboard.press("Enter");
  ok((await now()).includes("TakeRide"), "the first match");
  ok(/^match \d+ of \d+$/.test(await matches.textContent()), "which match it is");
  await tab.keyboard.press("Escape");
  const match = await event();
  await tab.keyboard.press("n");
  ok(await event() > match && (await now()).includes("TakeRide"), "the next match");
  await tab.keyboard.press("Shift+N");
  equal(await event(), match, "the match before");
  await tab.keyboard.press("End");
  ok(await event() > 100, "the last event");
  await tab.locator("#timeline-detail tbody tr").first().click();
  equal(await tab.locator("#timeline-detail tr[aria-current=true]").count(), 1, "a current row");
  const scrub = tab.locator("#timeline-detail input[type=range]");
  await scrub.focus();
  await tab.keyboard.press("Home");
  equal(await event(), 1, "scrubbed to the start");
}

for (const [name, width, scheme] of [["wide", 1400, "light"], ["wide", 1400, "dark"], ["narrow", 400, "light"], ["narrow", 400, "dark"]]) {
  const { tab, close } = await open(width, scheme);
  await looks(tab);
  if (shots) await tab.screenshot({ path: `${shots}/${name}-${scheme}.png`, fullPage: true });
  await plots(tab);
  await table(tab);
  await overview(tab);
  await wordsAndFolds(tab);
  await timeline(tab);
  await looks(tab);
  await close();
}

// The theme can be chosen, and paper is white.
{
  const { tab, close } = await open(1000, "dark");
  const back = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await back();
  const plot = await drawn(tab.locator("#factors-plot canvas"), "means, dark");
  await tab.click("#theme");
  ok(dark !== await back(), "the theme changes");
  ok(plot !== await drawn(tab.locator("#factors-plot canvas"), "means, light"), "plots follow the theme");
  if (shots) {
    await tab.emulateMedia({ media: "print" });
    await tab.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await tab.screenshot({ path: `${shots}/print.png`, fullPage: true });
  }
  await close();
}

// The window follows a finger.
{
  const context = await browser.newContext({ viewport: { width: 390, height: 900 }, hasTouch: true, isMobile: true });
  const tab = await context.newPage();
  await tab.goto(address);
  await tab.waitForFunction(() => document.documentElement.dataset.ready === "yes");
  const frame = tab.locator("#timeline-overview .window");
  await frame.scrollIntoViewIfNeeded();
  const [before] = await windowNow(tab);
  const box = await frame.boundingBox();
  const session = await context.newCDPSession(tab);
  const touch = (type, x) => session.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y: box.y + 24 }] });
  const middle = box.x + box.width / 2;
  await touch("touchStart", middle);
  for (let by = 10; by <= 60; by += 10) await touch("touchMove", middle + by);
  await touch("touchEnd", middle);
  ok((await windowNow(tab))[0] > before + 3, "the window follows a finger");
  if (shots) await tab.locator("#timeline").screenshot({ path: `${shots}/touch.png` });
  await context.close();
}

// In a notebook, it is a frame without an address of its own, under the policy of whoever shows it: this is VS Code's.
{
  const place = join(mkdtempSync(join(tmpdir(), "flagfall-page-")), "notebook.html");
  const policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src https: data:; connect-src https:; child-src https: data:";
  const text = readFileSync(page, "utf8").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  writeFileSync(place, `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><iframe srcdoc="${text}" style="width: 100%; height: 42em"></iframe>`);
  const context = await browser.newContext({ viewport: { width: 800, height: 700 } });
  const tab = await context.newPage();
  const mistakes = [];
  tab.on("console", (message) => { if (message.type() === "error") mistakes.push(message.text()); });
  tab.on("pageerror", (error) => mistakes.push(error.stack));
  await tab.goto(pathToFileURL(place).href);
  await tab.locator("iframe").waitFor();
  const inside = tab.frames()[1];
  await inside.waitForFunction(() => document.documentElement.dataset.ready === "yes");
  await drawn(inside.locator("#factors-plot canvas"), "means in a notebook");
  await inside.click("nav a[href='#timeline']");
  await inside.waitForFunction(() => Math.abs(document.getElementById("timeline").getBoundingClientRect().top) < 100);
  equal(inside.url(), "about:srcdoc", "a link leads to a part of the page");
  equal(await inside.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true, "its width");
  equal(mistakes, [], "errors in a notebook");
  await context.close();
  rmSync(dirname(place), { recursive: true });
}

// Without scripts, the numbers are there.
{
  const context = await browser.newContext({ javaScriptEnabled: false });
  const tab = await context.newPage();
  await tab.goto(address);
  equal(await tab.locator("#summary tbody tr").count(), 6, "the summary without scripts");
  await context.close();
}

// If escaping ever failed, the policy would hold: a script or a style of a study does nothing.
{
  const place = join(mkdtempSync(join(tmpdir(), "flagfall-page-")), "planted.html");
  const planted = "<script>window.owned = 1</script><img src=x onerror='window.owned = 2'><style>body { opacity: 0.5 }</style>";
  writeFileSync(place, readFileSync(page, "utf8").replace("</main>", `${planted}</main>`));
  const context = await browser.newContext();
  const tab = await context.newPage();
  const refused = [];
  tab.on("console", (message) => { if (message.type() === "error") refused.push(message.text()); });
  await tab.goto(pathToFileURL(place).href);
  await tab.waitForFunction(() => document.documentElement.dataset.ready === "yes");
  equal(await tab.evaluate(() => window.owned ?? null), null, "a planted script");
  equal(await tab.evaluate(() => getComputedStyle(document.body).opacity), "1", "a planted style");
  ok(refused.length >= 3 && refused.every((text) => text.includes("Content Security Policy")), refused.join("\n"));
  await context.close();
  rmSync(dirname(place), { recursive: true });
}

await browser.close();
console.log(`${checks} checks passed`);
