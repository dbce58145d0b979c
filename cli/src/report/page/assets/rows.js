// The table of replications: sorted, filtered, page by page.
"use strict";

function rowsTable() {
  const { rows } = data;
  const failed = new Map(rows.failed.map(([row, error, replay]) => [row, { error, replay }]));
  const columns = [
    { name: "point", value: (row) => rows.point[row], text: String },
    ...data.factors.map((factor, at) => ({
      name: factor.name,
      // By place among the levels: 2, 10 and 500ms, 1s come in the order of the grid.
      value: (row) => factor.levels.indexOf(data.points[rows.point[row]].levels[at]),
      text: (index) => factor.levels[index],
      level: true,
    })),
    { name: "replication", value: (row) => rows.replication[row], text: String },
    ...data.measures.map((measure, at) => ({ name: measure.name, unit: measure.unit === "1" ? "" : measure.unit, value: (row) => rows.values[at][row], text: (value) => (value === null ? "–" : number(value)) })),
    { name: "events", value: (row) => rows.events[row], text: (value) => (value === null ? "–" : String(value)) },
    { name: "digest", value: (row) => rows.digest[row], text: (value) => value ?? "–", digest: true },
  ];
  const state = { sort: null, down: false, words: "", which: "all", page: 0, size: 25 };
  const place = byId("replications-table");
  const status = byId("replications-hint");
  let order = [];

  /** Words of the filter: `name>0.3` compares a column, all others are looked for. */
  function tests(words) {
    return words.split(/\s+/).filter((word) => word !== "").map((word) => {
      const match = /^([^<>=!]+)(<=|>=|!=|<|>|=)(.+)$/.exec(word);
      const column = match && columns.find((known) => known.name.toLowerCase() === match[1].toLowerCase());
      if (!column) {
        const wanted = word.toLowerCase();
        return (row) => columns.some((known) => known.text(known.value(row)).toLowerCase().includes(wanted)) || (failed.get(row)?.error.toLowerCase().includes(wanted) ?? false);
      }
      const compare = { "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b, "=": (a, b) => a === b, "!=": (a, b) => a !== b }[match[2]];
      const parse = column.level ? levelNumber : Number;
      const wanted = parse(match[3]);
      if (column.digest || wanted === null || Number.isNaN(wanted)) {
        return (row) => compare(column.text(column.value(row)).toLowerCase(), match[3].toLowerCase());
      }
      return (row) => {
        const value = column.value(row);
        return value !== null && compare(column.level ? levelNumber(column.text(value)) : value, wanted);
      };
    });
  }

  function choose() {
    const wanted = tests(state.words);
    order = [];
    for (let row = 0; row < rows.point.length; row += 1) {
      if (state.which !== "all" && (state.which === "failed") !== failed.has(row)) continue;
      if (wanted.every((test) => test(row))) order.push(row);
    }
    if (state.sort !== null) {
      const { value } = columns[state.sort];
      const sign = state.down ? -1 : 1;
      // What is not known stands last either way; equal rows keep their order.
      const compare = (a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -sign : sign);
      order.sort((a, b) => compare(value(a), value(b)) || a - b);
    }
    const pages = Math.max(1, Math.ceil(order.length / state.size));
    state.page = Math.min(state.page, pages - 1);
    show(pages);
  }

  function show(pages) {
    const first = state.page * state.size;
    const shown = order.slice(first, first + state.size);
    const head = element("tr", {}, ...columns.map((column, at) => {
      const sort = element("button", { type: "button", title: `Sort by ${column.name}` }, column.name);
      sort.addEventListener("click", () => {
        state.down = state.sort === at ? !state.down : false;
        state.sort = at;
        state.page = 0;
        choose();
        place.querySelectorAll("thead button")[at].focus();
      });
      const cell = element("th", column.digest ? { scope: "col", className: "digest" } : { scope: "col" }, sort);
      if (column.unit) cell.append(element("span", { className: "unit" }, column.unit));
      if (state.sort === at) cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      return cell;
    }));
    const body = element("tbody");
    for (const row of shown) {
      const why = failed.get(row);
      const line = element("tr", why ? { className: "failed" } : {});
      for (const column of columns) {
        line.append(element("td", column.digest ? { className: "digest" } : {}, column.text(column.value(row))));
      }
      body.append(line);
      if (why) {
        const text = element("div", {}, element("span", { className: "bad" }, "failed: "), why.error);
        if (why.replay) text.append(element("code", { className: "code" }, why.replay));
        body.append(element("tr", { className: "why" }, element("td", { colSpan: columns.length }, text)));
      }
    }
    if (shown.length === 0) body.append(element("tr", {}, element("td", { colSpan: columns.length, className: "left" }, "No replication fits the filter.")));
    place.replaceChildren(element("table", {}, element("thead", {}, head), body));
    const cut = rows.total > rows.point.length ? `; the page holds ${rows.point.length} of the study's ${rows.total}` : "";
    status.textContent = order.length === 0 ? `No row of ${rows.point.length}${cut}.` : `Rows ${first + 1} to ${first + shown.length} of ${order.length}${order.length < rows.point.length ? ` that fit, ${rows.point.length} in all` : ""}${cut}.`;
    pageButtons(pages);
  }

  const turn = (text, label) => {
    const made = element("button", { type: "button", "aria-label": label }, text);
    return made;
  };
  const buttons = { first: turn("«", "First page"), back: turn("‹ Back", "Page before"), next: turn("Next ›", "Next page"), last: turn("»", "Last page") };
  const where = element("span");
  byId("replications-pages").append(buttons.first, buttons.back, where, buttons.next, buttons.last);
  const pagesNow = () => Math.max(1, Math.ceil(order.length / state.size));
  const go = (page) => { state.page = Math.max(0, Math.min(pagesNow() - 1, page)); show(pagesNow()); };
  buttons.first.addEventListener("click", () => go(0));
  buttons.back.addEventListener("click", () => go(state.page - 1));
  buttons.next.addEventListener("click", () => go(state.page + 1));
  buttons.last.addEventListener("click", () => go(pagesNow() - 1));

  function pageButtons(pages) {
    where.textContent = `Page ${state.page + 1} of ${pages}`;
    buttons.first.disabled = buttons.back.disabled = state.page === 0;
    buttons.next.disabled = buttons.last.disabled = state.page >= pages - 1;
  }

  const search = element("input", { type: "search", placeholder: exampleFilter(columns), autocomplete: "off", spellcheck: false });
  search.addEventListener("input", () => { state.words = search.value; state.page = 0; choose(); });
  byId("replications-controls").append(
    element("label", { className: "grow" }, "Filter: words, or a column with <, >, =", search),
    select("Show", [["all", "all rows"], ["ok", "without an error"], ["failed", `failed (${failed.size})`]], "all", (value) => { state.which = value; state.page = 0; choose(); })[0],
    select("Rows a page", [[25, "25"], [50, "50"], [100, "100"], [500, "500"]], 25, (value) => { state.size = Number(value); state.page = 0; choose(); })[0],
  );
  choose();
}

function exampleFilter(columns) {
  const level = columns.find((column) => column.level);
  const measure = data.measures[data.first];
  const parts = [];
  if (level) parts.push(`${level.name}=${level.text(0)}`);
  if (measure) parts.push(`${measure.name}>${number(data.points[0].measures[data.first].mean ?? 0, 2)}`);
  return parts.join(" ");
}
