// SPDX-License-Identifier: Apache-2.0
"use strict";

// Fetches the page anew, puts its sections in the place of the old ones, and draws what it has seen so far.
(() => {
  const INTERVAL = 2000;
  // How much time is drawn: the shortest of these in which all samples are; older ones are forgotten.
  const SPANS = [60000, 120000, 300000];
  const LONGEST = 300000;
  // Between samples further apart than this, no line is drawn.
  const GAP = 3 * INTERVAL;
  const SECTIONS = ["warnings", "glance", "locks", "pools", "processes"];
  const KINDS = ["read", "lockedRead", "write", "touch", "destroy", "other", "check"];
  const REFUSALS = ["conflicts", "overLimit", "unlocked", "unreadable", "rejected", "reused", "guessed", "unwritten"];
  const MOST_SERIES = 8;

  const samples = [];
  let chosen = "";
  let answered = Date.now();

  const byId = (id) => document.getElementById(id);
  const clock = (time) => new Date(time).toLocaleTimeString();
  const words = (name) => name.replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase());
  const sum = (values) => values.reduce((total, value) => total + value, 0);

  // Text from elsewhere: what cannot be seen and what changes its direction is replaced, as in the rest of the page.
  const printable = (text) => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\uFFFD");

  function element(name, attributes, text) {
    const isDrawn = ["svg", "path", "line", "text"].includes(name);
    const made = isDrawn ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Numbers with two or three digits, as in the rest of the page.
  const digits = (value) => (value < 9.95 ? String(Math.round(value * 10) / 10) : String(Math.round(value)));
  function plain(value) {
    if (value >= 999500) return digits(value / 1e6) + "M";
    if (value >= 9999.5) return digits(value / 1000) + "k";
    return value >= 9.95 ? Math.round(value).toLocaleString("en") : value >= 0.05 || value === 0 ? digits(value) : "<0.1";
  }
  function latency(nanoseconds) {
    if (nanoseconds < 1000) return nanoseconds + " ns";
    if (nanoseconds < 999500) return digits(nanoseconds / 1e3) + " µs";
    return nanoseconds < 999500000 ? digits(nanoseconds / 1e6) + " ms" : digits(nanoseconds / 1e9) + " s";
  }

  // What is drawn of one answer. Without the daemon there are no pools.
  function sample(data) {
    const now = Date.now();
    if (!data.daemon) return { time: now, run: "", uptime: 0, pools: [] };
    return { time: now, run: `${data.daemon.pid}`, uptime: data.daemon.uptime, pools: data.pools };
  }
  function keep(data) {
    samples.push(sample(data));
    while (samples[0].time < Date.now() - LONGEST - INTERVAL) samples.shift();
  }
  const poolsOf = (one) => one.pools.filter((pool) => chosen === "" || pool.pool === chosen);

  // A value for each sample, or null where there is none. Each is measured from the sample before, by the daemon's own clock.
  function rates(count) {
    return samples.map((one, index) => {
      const before = samples[index - 1];
      const time = before ? one.uptime - before.uptime : 0;
      if (!before || one.run === "" || one.run !== before.run || time <= 0) return null;
      const more = sum(poolsOf(one).map(count)) - sum(poolsOf(before).map(count));
      return more < 0 ? null : (more * 1000) / time;
    });
  }
  const kindOf = (pool, kind) => pool.latencies.find((one) => one.kind === kind);
  // Percentiles cannot be added: of several pools, the slowest one counts.
  function percentiles(kind, name) {
    return samples.map((one) => {
      const all = poolsOf(one).map((pool) => (kindOf(pool, kind) || { lastMinute: {} }).lastMinute[name]);
      const known = all.filter((value) => value !== undefined && value !== null);
      return known.length ? Math.max(...known) : null;
    });
  }
  function sessions(name) {
    return samples.map((one) => {
      const pool = one.pools.find((candidate) => candidate.pool === name);
      return pool && pool.sessions !== undefined ? pool.sessions : null;
    });
  }

  // What each chart shows: its lines, how numbers are written, and what is said when there is nothing to draw.
  const isNumber = (value) => value !== null;
  const isSome = (line) => line.values.some((value) => value > 0);
  const last = (values) => values[values.length - 1];
  const CHARTS = {
    requests: {
      lines: () => KINDS.map((kind, color) => ({
        name: words(kind), color, values: rates((pool) => (kindOf(pool, kind) || { sinceStart: { count: 0 } }).sinceStart.count),
      })).filter(isSome),
      text: plain, empty: "No requests since this page was opened.",
    },
    latency: {
      lines: () => [...KINDS, "lockWait"].map((kind, color) => ({
        name: words(kind), color, values: percentiles(kind, "p99"), second: percentiles(kind, "p50"),
      })).filter(isSome),
      text: latency, isLogarithmic: true, empty: "No requests in the last minute.",
    },
    refusals: {
      lines: () => REFUSALS.map((reason, color) => ({
        name: words(reason), color, values: rates((pool) => pool.counts[reason] || 0),
      })).filter(isSome),
      text: plain, empty: "Nothing was refused since this page was opened.",
    },
    sessions: {
      lines: () => {
        const pools = samples.length ? poolsOf(last(samples)) : [];
        return pools.slice(0, MOST_SERIES).map((pool, color) => ({ name: printable(pool.pool), color, values: sessions(pool.pool) })).filter(isSome);
      },
      text: plain, empty: "There are no sessions, or they are still being counted.",
    },
  };

  // The vertical scale: where a value is, and where lines are drawn across.
  function linear(values) {
    const most = Math.max(...values);
    const rough = most / 3;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
    const top = step * Math.ceil(most / step);
    const ticks = [];
    for (let index = 0; index * step <= top * 1.001; index += 1) ticks.push(index * step);
    return { place: (value) => value / top, ticks };
  }
  function logarithmic(values) {
    const low = Math.floor(Math.log10(Math.max(1, Math.min(...values))));
    const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
    const ticks = [];
    for (let exponent = low; exponent <= high; exponent += 1) ticks.push(10 ** exponent);
    return { place: (value) => (Math.log10(Math.max(1, value)) - low) / (high - low), ticks };
  }

  function path(values, x, y) {
    let line = "";
    let isDown = false;
    values.forEach((value, index) => {
      const isNear = index > 0 && samples[index].time - samples[index - 1].time <= GAP;
      if (value === null) {
        isDown = false;
        return;
      }
      line += `${isDown && isNear ? "L" : "M"}${x(samples[index].time).toFixed(1)} ${y(value).toFixed(1)}`;
      isDown = true;
    });
    return line;
  }

  const ago = (milliseconds) => (milliseconds ? `${milliseconds / 60000} min ago` : "now");
  function axes(svg, scale, chart, box) {
    for (const tick of scale.ticks) {
      const y = box.y(tick).toFixed(1);
      svg.append(element("line", { class: "grid", x1: box.left, x2: box.right, y1: y, y2: y }));
      svg.append(element("text", { x: box.left - 8, y: Number(y) + 4, "text-anchor": "end" }, chart.text(tick)));
    }
    [[box.span, "start"], [0, "end"]].forEach(([age, anchor]) => {
      svg.append(element("text", { x: age ? box.left : box.right, y: box.bottom + 18, "text-anchor": anchor }, ago(age)));
    });
  }
  function drawing(chart, lines, width, height) {
    const values = lines.flatMap((line) => [...line.values, ...(line.second || [])]).filter(isNumber);
    const scale = chart.isLogarithmic ? logarithmic(values.filter((value) => value > 0)) : linear(values);
    const box = { left: 60, right: width - 4, top: 8, bottom: height - 22 };
    const now = last(samples).time;
    box.span = SPANS.find((span) => now - samples[0].time <= span) || LONGEST;
    box.x = (time) => box.right - ((now - Math.max(time, now - box.span)) / box.span) * (box.right - box.left);
    box.y = (value) => box.bottom - scale.place(value) * (box.bottom - box.top);
    const svg = element("svg", { role: "img", viewBox: `0 0 ${width} ${height}` });
    axes(svg, scale, chart, box);
    for (const line of lines) {
      if (line.second) svg.append(element("path", { class: `second s${line.color}`, d: path(line.second, box.x, box.y) }));
      svg.append(element("path", { class: `s${line.color}`, d: path(line.values, box.x, box.y) }));
    }
    return svg;
  }

  function reading(chart, line) {
    const value = last(line.values);
    const half = line.second ? last(line.second) : null;
    if (value === null) return "–";
    return half === null ? chart.text(value) : `${chart.text(half)} · ${chart.text(value)}`;
  }
  function legend(chart, lines) {
    return lines.map((line) => {
      const item = element("li");
      const mark = element("svg", { viewBox: "0 0 14 4", "aria-hidden": "true" });
      mark.append(element("line", { class: `s${line.color}`, x1: 0, x2: 14, y1: 2, y2: 2, "stroke-width": 3 }));
      item.append(mark, element("bdi", {}, line.name), element("b", {}, reading(chart, line)));
      return item;
    });
  }

  function draw(id, chart) {
    const figure = byId(id);
    if (!figure) return;
    const plot = figure.querySelector(".plot");
    // A rate is between two samples, and a line between two rates.
    if (samples.filter((one) => one.run !== "").length < 3) return;
    const lines = chart.lines();
    if (!lines.length) {
      plot.replaceChildren(element("p", { class: "note" }, chart.empty));
      figure.querySelector(".legend").replaceChildren();
      return;
    }
    const svg = drawing(chart, lines, plot.clientWidth, plot.clientHeight);
    const title = figure.querySelector("h3").textContent;
    svg.setAttribute("aria-label", `${title}, now: ${lines.map((line) => `${line.name} ${reading(chart, line)}`).join(", ")}`);
    plot.replaceChildren(svg);
    figure.querySelector(".legend").replaceChildren(...legend(chart, lines));
  }
  function drawAll() {
    for (const [id, chart] of Object.entries(CHARTS)) draw(id, chart);
  }

  // The choice of a pool, when there are several.
  function offer(pools) {
    const choice = byId("choice");
    if (!choice) return;
    const select = choice.querySelector("select");
    const names = pools.map((pool) => pool.pool);
    const offered = [...select.options].slice(1).map((option) => option.value);
    if (names.join("\n") !== offered.join("\n")) {
      select.replaceChildren(select.options[0], ...names.map((name) => element("option", { value: name }, printable(name))));
      if (!names.includes(chosen)) chosen = "";
      select.value = chosen;
    }
    choice.hidden = names.length < 2;
    select.onchange = () => {
      chosen = select.value;
      drawAll();
    };
  }

  function take(page) {
    const data = JSON.parse(page.getElementById("data").textContent);
    answered = Date.now();
    keep(data);
    offer(data.pools || []);
    drawAll();
  }
  // Sections come and go with the daemon, so those of the new page count. Those that are the same stay, with what is selected in them.
  function replace(page) {
    document.title = page.title;
    const summary = byId("summary");
    const now = page.getElementById("summary");
    if (summary.textContent !== now.textContent) summary.textContent = now.textContent;
    summary.className = now.className;
    if (Boolean(byId("charts")) !== Boolean(page.getElementById("charts"))) {
      byId("main").replaceWith(document.adoptNode(page.getElementById("main")));
      return;
    }
    for (const id of SECTIONS) {
      const [old, fresh] = [byId(id), page.getElementById(id)];
      if (old && fresh && !old.isEqualNode(fresh)) old.replaceWith(document.adoptNode(fresh));
    }
  }

  function say(text) {
    byId("as-of").textContent = text;
  }
  function complain() {
    const summary = byId("summary");
    const text = `The gate does not answer since ${clock(answered)}; trying again`;
    if (summary.textContent !== text) summary.textContent = text;
    summary.className = "bad";
    say(`Figures of ${clock(answered)}`);
  }

  async function refresh() {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), 5 * INTERVAL);
    try {
      const answer = await fetch("?html", { cache: "no-store", signal: limit.signal });
      // The new page's style is not for this one, whose policy would forbid it.
      const text = (await answer.text()).replace(/<style[^]*?<\/style>/, "");
      const page = new DOMParser().parseFromString(text, "text/html");
      if (!page.getElementById("data")) throw new Error(`no status page: ${answer.status}`);
      replace(page);
      take(page);
      say(`Updated ${clock(answered)}`);
    } catch {
      complain();
    } finally {
      clearTimeout(timer);
    }
  }
  async function run() {
    // A page that nobody looks at asks for nothing.
    if (!document.hidden) await refresh();
    setTimeout(run, INTERVAL);
  }

  document.documentElement.classList.add("live");
  addEventListener("resize", drawAll);
  take(document);
  say(`Updated ${clock(answered)}`);
  setTimeout(run, INTERVAL);
})();
