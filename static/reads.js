// The table of reads: one row a read_id, whatever is told how often and in which order.

import { ago, exact, span } from "./times.js";

const DOUBTFUL_BELOW = 0.7;
const WORTH_SHOWING = 0.1;
// Of a vehicle that stands the server tells every 5 seconds that it is still seen.
const IN_VIEW_MS = 7000;
const WAYS = { in: "→ in", out: "← out" };

const bare = (text) => text.toUpperCase().replace(/[^A-Z0-9?]/g, "");

/** Whether a part of the plate is the wanted text; ? on either side is any character. */
function contains(plate, wanted) {
  const at = (start) => [...wanted].every((one, index) => one === "?" || plate[start + index] === "?" || plate[start + index] === one);
  return Array.from({ length: Math.max(0, plate.length - wanted.length + 1) }, (_, start) => start).some(at);
}

export function readsTable(page) {
  const body = page.querySelector("#reads");
  const template = page.querySelector("#read-row");
  const filter = page.querySelector("#filter");
  const direction = page.querySelector("#direction");
  const rows = new Map();
  let mostRows = Infinity;
  let beforeLoss = [];
  let clockAheadMs = 0;

  const now = () => Date.now() - clockAheadMs;
  const firstSeen = (row) => Date.parse(row.read.first_seen);
  const inView = (read) => !read.settled && now() - Date.parse(read.last_seen) < IN_VIEW_MS;

  /** Takes in a read; false if a newer revision of it is shown already. */
  function upsert(read) {
    const known = rows.get(read.read_id);
    if (known && known.read.revision >= read.revision) return false;
    const row = known ?? { element: template.content.firstElementChild.cloneNode(true) };
    row.read = read;
    fill(row);
    if (!known) insert(row);
    applyFilter(row);
    return true;
  }

  function insert(row) {
    rows.set(row.read.read_id, row);
    const older = [...body.rows].find((element) => firstSeen(rows.get(element.dataset.readId)) < firstSeen(row));
    body.insertBefore(row.element, older ?? null);
    if (rows.size > mostRows) remove([...rows.values()].reduce((first, other) => (goesBefore(other, first) ? other : first)));
  }

  /** Which row has to go first when there are too many: the server (streamer/web/recent.py) chooses alike. */
  function goesBefore({ read }, { read: other }) {
    if (read.settled !== other.settled) return read.settled;
    return Date.parse(read.last_seen) < Date.parse(other.last_seen);
  }

  function remove(row) {
    rows.delete(row.read.read_id);
    row.element.remove();
  }

  function fill({ read, element }) {
    const part = (selector) => element.querySelector(selector);
    element.dataset.readId = read.read_id;
    element.classList.toggle("doubtful", read.confidence < DOUBTFUL_BELOW);
    part(".plate").textContent = read.display;
    showWay(part(".way"), read.direction);
    part(".read-else").textContent = orElse(read);
    part(".sure-bar").style.setProperty("--sure", read.confidence);
    part(".sure-text").textContent = `${Math.round(read.confidence * 100)}%`;
    part(".sure").title = `Confidence of the reading, from ${read.frames} ${read.frames === 1 ? "look" : "looks"}`;
    showPicture(part(".read-picture"), read);
    showPresence(element, read);
  }

  /** What the plate may say instead, if that is likely enough to be worth a line. */
  function orElse({ alternatives }) {
    const likely = alternatives.filter((one) => one.confidence >= WORTH_SHOWING).slice(0, 3);
    return likely.map((one) => `or ${one.text} ${Math.round(one.confidence * 100)}%`).join(" · ");
  }

  function showWay(mark, way) {
    mark.textContent = WAYS[way] ?? "";
    mark.dataset.way = way;
    mark.hidden = !way;
  }

  function showPicture(cell, read) {
    const shown = cell.querySelector("img");
    if (!read.image) {
      if (!cell.firstChild) cell.append(Object.assign(document.createElement("span"), { className: "none", textContent: "no picture" }));
    } else if (!shown) {
      cell.replaceChildren(Object.assign(new Image(), { src: read.image, alt: `Plate ${read.plate}`, loading: "lazy" }));
    } else if (read.settled) {
      shown.src = read.image;
      shown.alt = `Plate ${read.plate}`;
    }
  }

  /** Whether the vehicle is in view, and for how long it has been or how long ago it was. */
  function showPresence(element, read) {
    const here = inView(read);
    element.classList.toggle("open", here);
    element.querySelector(".read-camera").textContent = here ? `${read.camera} · in view` : read.camera;
    const first = new Date(read.first_seen), last = new Date(read.last_seen);
    const words = here ? `for ${span((now() - first) / 1000)}` : ago(last, now());
    const time = element.querySelector("time");
    if (time.textContent === words) return;
    time.textContent = words;
    time.dateTime = read.last_seen;
    time.title = `First seen ${exact(first)}\nLast seen ${exact(last)}`;
  }

  function applyFilter({ element, read }) {
    const otherWay = direction?.value && direction.value !== read.direction;
    element.hidden = otherWay || !contains(bare(read.plate), bare(filter.value));
  }

  function summarise() {
    const shown = [...rows.values()].filter((row) => !row.element.hidden).length;
    page.querySelector("#count").textContent = shown === rows.size ? String(rows.size || "") : `${shown} of ${rows.size}`;
    page.querySelector("#empty").hidden = rows.size > 0;
    const noMatch = page.querySelector("#no-match");
    noMatch.hidden = rows.size === 0 || shown > 0;
    noMatch.textContent = noMatchWords();
  }

  function noMatchWords() {
    const text = filter.value.trim();
    const which = text ? `No plate here contains “${text}”` : "Nobody here";
    return direction?.value ? `${which}${text ? " and" : ""} went ${direction.value}.` : `${which}.`;
  }

  for (const choice of [filter, direction])
    choice?.addEventListener("input", () => {
      rows.forEach(applyFilter);
      summarise();
    });
  setInterval(() => {
    if (!document.hidden) rows.forEach(({ element, read }) => showPresence(element, read));
  }, 1000);

  return {
    /** The connection is lost: what is shown now may be gone from the server when it is back. */
    lost() {
      beforeLoss = [...rows.values()];
    },
    /** Every recent read, how many of them there are at most, and the server's time in Unix seconds. */
    replay(reads, most, serverNow) {
      mostRows = most;
      clockAheadMs = Date.now() - serverNow * 1000;
      const known = new Set(reads.map((read) => read.read_id));
      beforeLoss.filter((row) => !known.has(row.read.read_id)).forEach(remove);
      beforeLoss = [];
      reads.forEach(upsert);
      summarise();
    },
    /** One read that is new or has changed. */
    tell(read) {
      const isNew = !rows.has(read.read_id);
      if (!upsert(read)) return;
      summarise();
      if (!isNew) return;
      rows.get(read.read_id)?.element.classList.add("fresh");
      page.querySelector("#news").textContent = `Plate ${[...read.plate].join(" ")} at ${read.camera}${read.direction && `, ${read.direction}`}`;
    },
  };
}
