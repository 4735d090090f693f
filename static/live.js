// The live page: what the server tells, put where it belongs.

import { io } from "/static/vendor/socket.io.js";
import { cameraWall } from "./cameras.js";
import { readsTable } from "./reads.js";

const wall = cameraWall(document.getElementById("wall"));
const reads = readsTable(document);
const lost = document.getElementById("lost");
const problems = new Map();

const socket = io({ transports: ["websocket", "polling"], tryAllTransports: true, reconnectionDelay: 500, reconnectionDelayMax: 3000 });

socket.on("hello", (hello) => {
  lost.hidden = true;
  hello.cameras.forEach(tellState);
  wall.connection(true);
  reads.replay(hello.reads, hello.most_reads, hello.now);
});
socket.on("read", reads.tell);
socket.on("read_updated", reads.tell);
socket.on("camera_state", tellState);
socket.on("disconnect", sayLost);
socket.on("connect_error", (error) => {
  if (error.message === "Log in first.") location.href = "/login";
  sayLost();
});

function sayLost() {
  lost.textContent = "The connection to Plate Streamer is lost. Trying again…";
  lost.hidden = false;
  wall.connection(false);
  reads.lost();
}

function tellState(state) {
  wall.tell(state);
  problems.set(state.camera, state.problems);
  showProblems();
}

/** A sentence that every camera says is said once, without a camera's name. */
function showProblems() {
  const sayers = new Map();
  for (const [camera, sentences] of problems)
    for (const sentence of sentences) sayers.set(sentence, [...(sayers.get(sentence) ?? []), camera]);
  const lines = [...sayers].map(([sentence, cameras]) =>
    cameras.length === problems.size ? sentence : `${cameras.join(", ")}: ${sentence}`);
  const list = document.getElementById("problems");
  if (lines.join("\n") === list.dataset.shown) return;
  list.dataset.shown = lines.join("\n");
  list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  list.hidden = lines.length === 0;
}
