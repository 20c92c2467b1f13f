// SPDX-License-Identifier: Apache-2.0
// What is wrong with the page as it is shown. check-status-page.py evaluates this in the page.
(() => {
  const findings = [];
  const name = (element) => {
    const text = (element.textContent || "").trim().slice(0, 40);
    return `<${element.tagName.toLowerCase()}${element.id ? ` id=${element.id}` : ""} class="${element.getAttribute("class") || ""}"> ${JSON.stringify(text)}`;
  };
  const hidden = (element) => element.closest(".unseen, [hidden], script, style, head, noscript, option") !== null
    || getComputedStyle(element).visibility === "hidden" || getComputedStyle(element).clipPath !== "none"
    || [...ancestors(element)].some((one) => getComputedStyle(one).clipPath !== "none" || getComputedStyle(one).display === "none");
  function* ancestors(element) {
    for (let one = element.parentElement; one; one = one.parentElement) yield one;
  }

  // Each piece of text with the boxes of its lines.
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.textContent.trim() || hidden(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0.5 && box.height > 0.5);
    if (boxes.length) texts.push({ element: node.parentElement, boxes });
  }

  // The document is as wide as the window.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) findings.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`);

  // Texts are where they can be seen: in the window, and in each box that cuts what is outside it. What can be scrolled is not cut.
  for (const { element, boxes } of texts) {
    const scrolled = element.closest(".scroll");
    for (const box of boxes) {
      if (!scrolled && (box.left < -1 || box.right > width + 1)) findings.push(`outside the window: ${name(element)}`);
      for (const outer of ancestors(element)) {
        if (outer === document.body || outer === document.documentElement || outer.closest("svg")) continue;
        const rectangle = outer.getBoundingClientRect();
        // A cell may be as high as several rows.
        const isBox = !["inline", "contents", "table-row"].includes(getComputedStyle(outer).display);
        if (isBox && !(scrolled && outer.contains(scrolled)) && rectangle.width > 0
          && (box.left < rectangle.left - 2 || box.right > rectangle.right + 2 || box.bottom > rectangle.bottom + 6 || box.top < rectangle.top - 6)) {
          findings.push(`${name(element)} is outside ${name(outer)}`);
          break;
        }
      }
    }
  }

  // Numbers are not broken.
  for (const { element, boxes } of texts) {
    const isNumber = element.matches(".legend b, .number, .figure");
    if (isNumber && new Set(boxes.map((box) => Math.round(box.top))).size > 1) findings.push(`broken: ${name(element)}`);
  }

  // No two texts are on top of each other.
  const flat = texts.flatMap(({ element, boxes }) => boxes.map((box) => ({ element, box }))).filter(({ element }) => !element.closest("select"));
  flat.sort((left, right) => left.box.top - right.box.top);
  flat.forEach((one, index) => {
    for (let other = index + 1; other < flat.length && flat[other].box.top < one.box.bottom; other += 1) {
      const two = flat[other];
      const across = Math.min(one.box.right, two.box.right) - Math.max(one.box.left, two.box.left);
      const down = Math.min(one.box.bottom, two.box.bottom) - Math.max(one.box.top, two.box.top);
      const scrolled = one.element.closest(".scroll") !== two.element.closest(".scroll");
      if (across > 1 && down > 4 && !scrolled) findings.push(`on top of each other: ${name(one.element)} and ${name(two.element)}`);
    }
  });

  // Contrast as WCAG 2.2 has it: 4.5 for text, 3 for what is drawn.
  const channels = (color) => (color.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = channels(getComputedStyle(one).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const contrast = (one, two) => {
    const [light, dark] = [luminance(one), luminance(two)].sort((left, right) => right - left);
    return (light + 0.05) / (dark + 0.05);
  };
  for (const { element } of texts) {
    const style = getComputedStyle(element);
    const color = element.closest("svg") ? style.fill : style.color;
    const ratio = contrast(channels(color), ground(element));
    if (ratio < 4.5) findings.push(`contrast ${ratio.toFixed(2)}: ${name(element)}`);
  }
  for (const path of document.querySelectorAll(".plot path")) {
    const ratio = contrast(channels(getComputedStyle(path).stroke), ground(path.parentElement));
    if (ratio < 3) findings.push(`contrast ${ratio.toFixed(2)}: line ${path.getAttribute("class")}`);
  }

  // Each chart has a line of at least two points, or says why not.
  for (const figure of document.querySelectorAll("figure")) {
    if (getComputedStyle(figure.closest("section")).display === "none") continue;
    const lines = [...figure.querySelectorAll(".plot path")].filter((path) => (path.getAttribute("d").match(/[ML]/g) || []).length >= 2);
    const note = figure.querySelector(".plot .note");
    if (!lines.length && !(note && note.textContent.trim())) findings.push(`an empty chart without a word: ${figure.id}`);
    const drawing = figure.querySelector(".plot svg");
    if (drawing && !drawing.getAttribute("aria-label")) findings.push(`a chart without a text: ${figure.id}`);
  }

  // Headings do not skip a level, cells of heads say what they are for, fields have names.
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((heading) => Number(heading.tagName[1]));
  levels.forEach((level, index) => {
    if (level > (levels[index - 1] || 0) + 1) findings.push(`a heading of level ${level} after ${levels[index - 1] || 0}`);
  });
  for (const head of document.querySelectorAll("th:not([scope])")) findings.push(`no scope: ${name(head)}`);
  for (const field of document.querySelectorAll("select")) if (!field.labels.length) findings.push(`no label: ${name(field)}`);
  return [...new Set(findings)];
})();
