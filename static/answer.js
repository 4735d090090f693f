// The answer to an upload: the annotated picture, the plates, and the engine's steps.

const DOUBTFUL_BELOW = 0.7;
const WORTH_SHOWING = 0.01;

const answer = document.getElementById("answer");
const large = document.getElementById("large");
const percent = (share) => `${Math.round(share * 100)}%`;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function clearAnswer() {
  answer.hidden = true;
}

export function showAnswer(result) {
  const annotated = answer.querySelector(".annotated");
  annotated.querySelector("img").src = result.annotated;
  annotated.querySelector("img").alt = `${result.source} with the plates marked`;
  annotated.querySelector("figcaption").textContent =
    `${result.source} · ${result.width} × ${result.height} · read in ${(result.ms / 1000).toFixed(2)} s by the ${result.engine} engine`;
  answer.querySelector(".found h2").textContent = heading(result.plates);
  answer.querySelector(".plates").replaceChildren(...(result.plates.length ? result.plates.map(plateCard) : [advice()]));
  answer.querySelector(".gallery").replaceChildren(...result.steps.map(stepCard));
  answer.querySelector(".steps").hidden = result.steps.length === 0;
  answer.hidden = false;
}

function heading(plates) {
  const read = plates.filter((plate) => plate.text).length;
  if (plates.length === 0) return "No plate found";
  if (read === 0) return "No plate could be read";
  return read === 1 ? "One plate read" : `${read} plates read`;
}

function advice() {
  return element("li", {
    className: "help",
    textContent: "A plate should be at least 75 (US) to 90 (EU) pixels wide, sharp, and not more than 30° from the side. "
      + "The steps below, if the engine shows them, tell where it gets lost.",
  });
}

function plateCard(plate) {
  const card = document.getElementById(plate.text ? "plate-card" : "unread-card").content.firstElementChild.cloneNode(true);
  const crop = card.querySelector(".crop");
  if (plate.crop) Object.assign(crop, { src: plate.crop, alt: plate.text ? `Plate ${plate.text}` : "" });
  else crop.remove();
  if (!plate.text) return card;
  card.querySelector(".plate").textContent = plate.text;
  card.querySelector(".plate-sure").textContent = sureness(plate.confidence);
  card.querySelector(".plate-else").textContent = orElse(plate.alternatives);
  card.querySelector(".letters").replaceChildren(...plate.characters.map(letter));
  return card;
}

/** What the plate may say instead. */
function orElse(alternatives) {
  const likely = alternatives.filter((one) => one.confidence >= WORTH_SHOWING);
  return likely.map((one) => `or ${one.text} ${percent(one.confidence)}`).join(" · ");
}

/** A camera's read of that confidence would be left out below the setting; the page says so. */
function sureness(confidence) {
  const least = Number(answer.dataset.minConfidence);
  const words = `${percent(confidence)} sure`;
  return confidence < least ? `${words}, too little for the log (${percent(least)})` : words;
}

function letter({ text, confidence }) {
  const bar = element("span", { className: "sure-bar" });
  bar.style.setProperty("--sure", confidence);
  return element("li", { className: confidence < DOUBTFUL_BELOW ? "doubtful" : "" },
    element("b", { textContent: text }), bar, percent(confidence));
}

function stepCard({ name: plain, help, picture }) {
  const name = plain[0].toUpperCase() + plain.slice(1);
  const caption = element("figcaption", {}, element("strong", { textContent: name }), element("span", { textContent: help }));
  const button = element("button", { type: "button" }, element("figure", {}, element("img", { src: picture, alt: "" }), caption));
  button.addEventListener("click", () => enlarge(name, help, picture));
  return element("li", {}, button);
}

function enlarge(name, help, picture) {
  large.querySelector("img").src = picture;
  large.querySelector("img").alt = name;
  large.querySelector("figcaption").textContent = `${name}. ${help}`;
  large.showModal();
}
