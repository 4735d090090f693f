// The page of what was rejected: counts by reason, and the newest with their pictures.

import { ago, exact } from "./times.js";

const REFRESH_EVERY_MS = 5000;
const ANSWER_WITHIN_MS = 10000;

const part = (id) => document.getElementById(id);
const percent = (share) => `${Math.round(share * 100)}%`;
const camera = part("camera");
let reason = new URL(location).searchParams.get("reason") ?? "";
let shown = "";

async function refresh() {
  const wanted = query();
  const answer = await fetch(`/api/v1/rejected?${wanted}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(() => null);
  const result = await answer?.json().catch(() => null);
  const answered = Boolean(answer?.ok && result);
  part("fault").hidden = answered;
  if (!answered) part("fault").textContent = result?.error ?? "The connection to Plate Streamer is lost. Trying again…";
  else if (wanted === query()) show(result);
}

function query() {
  const chosen = camera ? camera.value : new URL(location).searchParams.get("camera") ?? "";
  return new URLSearchParams(Object.entries({ camera: chosen, reason }).filter(([, value]) => value)).toString();
}

function show(result) {
  const news = JSON.stringify([result, reason]);
  if (news !== shown) {
    shown = news;
    showReasons(result.kept);
    part("tracks").replaceChildren(...result.rejected.map(card));
    part("empty").hidden = result.rejected.length > 0;
  }
  showTimes();
}

function showReasons(kept) {
  const all = Object.values(kept).reduce((sum, count) => sum + count, 0);
  const focused = part("reasons").contains(document.activeElement) ? document.activeElement.value : null;
  const counts = [["", all], ...Object.entries(kept).sort(([, one], [, other]) => other - one)];
  if (reason && !(reason in kept)) counts.push([reason, 0]);
  part("reasons").replaceChildren(...counts.map(([name, count]) => chip(name, count)));
  if (focused !== null) [...part("reasons").children].find((button) => button.value === focused)?.focus();
  const advice = document.querySelector(`[data-reason="${CSS.escape(reason)}"] dd`);
  part("advice").hidden = !advice;
  part("advice").textContent = advice?.textContent ?? "";
}

function chip(name, count) {
  const button = Object.assign(document.createElement("button"), { type: "button", value: name });
  button.setAttribute("aria-pressed", String(name === reason));
  button.append(name || "all", Object.assign(document.createElement("b"), { textContent: count }));
  button.addEventListener("click", () => {
    reason = name;
    choose();
  });
  return button;
}

function choose() {
  history.replaceState(null, "", `?${query()}`);
  refresh();
}

function card(track) {
  const made = part("track-card").content.firstElementChild.cloneNode(true);
  const text = made.querySelector(".track-text");
  if (track.text) text.append(Object.assign(document.createElement("span"), { className: "plate", textContent: track.text }), `${percent(track.confidence)} sure`);
  else text.textContent = "no text";
  const picture = made.querySelector(".track-picture");
  if (track.image) picture.append(Object.assign(new Image(), { src: track.image, alt: "", loading: "lazy" }));
  else picture.textContent = "no picture";
  made.querySelector(".track-reason").textContent = track.reason;
  const facts = [`${track.frames} ${track.frames === 1 ? "look" : "looks"}`, track.camera];
  if (track.read_id) facts.push(`belongs to read ${track.read_id}`);
  made.querySelector(".track-facts").textContent = facts.join(" · ");
  const time = made.querySelector("time");
  time.dateTime = track.last_seen;
  time.title = `First seen ${exact(new Date(track.first_seen))}\nLast seen ${exact(new Date(track.last_seen))}`;
  return made;
}

function showTimes() {
  for (const time of part("tracks").querySelectorAll("time")) time.textContent = ago(new Date(time.dateTime), Date.now());
}

async function keepFresh() {
  if (!document.hidden) await refresh();
  setTimeout(keepFresh, REFRESH_EVERY_MS);
}

camera?.addEventListener("change", choose);
part("choices").addEventListener("submit", (event) => event.preventDefault());
keepFresh();
