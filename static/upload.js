// The upload page: a picture picked, dropped, pasted or taken is sent, and the answer is shown.

import { clearAnswer, showAnswer } from "./answer.js";

const drop = document.getElementById("drop");
const progress = document.getElementById("progress");
const fault = document.getElementById("fault");
const megabytes = Number(drop.dataset.maxMegabytes);
let sending = null;

for (const input of drop.querySelectorAll("input"))
  input.addEventListener("change", () => {
    send(input.files[0]);
    input.value = "";
  });
drop.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("paste", (event) => take(event.clipboardData, "There is no picture in the clipboard."));
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take(event.dataTransfer, "That is not a file. Save the picture first, then drop the file.");
});

function take(transfer, otherwise) {
  const file = transfer.files[0];
  if (file) send(file);
  else sayFault(otherwise);
}

function send(file) {
  if (!file) return;
  sending?.abort();
  clearAnswer();
  fault.hidden = true;
  if (file.size > megabytes * 1e6) {
    sayFault(`${file.name} has ${(file.size / 1e6).toFixed(1)} MB; at most ${megabytes} MB are taken.`);
    return;
  }
  const form = new FormData();
  form.append("pictures", "1");
  form.append("picture", file, file.name || "picture");
  sending = post(form, file.name);
}

function post(form, name) {
  const request = new XMLHttpRequest();
  request.open("POST", "/api/v1/read");
  request.responseType = "json";
  sayProgress(`Sending ${name}…`, 0);
  request.upload.addEventListener("progress", (event) => sayProgress(`Sending ${name}…`, event.loaded / event.total));
  request.upload.addEventListener("load", () => sayProgress("Looking for plates…"));
  request.addEventListener("load", () => finish(request));
  request.addEventListener("error", () => sayFault("Plate Streamer cannot be reached. Is it running?"));
  request.send(form);
  return request;
}

function finish(request) {
  progress.hidden = true;
  if (request.status === 401) location.href = "/login?next=/upload";
  else if (request.status === 200) showAnswer(request.response);
  else sayFault(request.response?.error ?? `The picture could not be read (${request.status}).`);
  drop.classList.toggle("done", request.status === 200);
}

function sayProgress(words, share) {
  const bar = progress.querySelector("progress");
  progress.querySelector("p").textContent = words;
  if (share === undefined) bar.removeAttribute("value");
  else bar.value = share;
  progress.hidden = false;
}

function sayFault(sentence) {
  progress.hidden = true;
  fault.textContent = sentence;
  fault.hidden = false;
}
