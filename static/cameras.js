// The wall of cameras: one large, the others small; pictures are asked for as large as they are shown and stop while
// nobody looks.

// Browsers open six connections a host. Four streams leave two for everything else.
const MOST_STREAMS = 4;
const SNAPSHOT_EVERY_MS = 5000;
const RETRY_MS = 2000;
const RESIZED_MS = 300;

// Nobody sees more pixels than two a CSS pixel, and so dense they hide what a lower quality leaves.
const MOST_DENSITY = 2;
const DENSE = 1.5;
const DENSE_QUALITY = 60;

const SETTLED_WORDS = { live: "live", ended: "ended" };

export function cameraWall(wall) {
  const widths = wall.dataset.widths.split(" ").map(Number);
  const resized = new ResizeObserver(soon(arrange));
  const tiles = [...wall.querySelectorAll(".camera")].map(makeTile);
  let serial = 0;
  let connected = true;

  function makeTile(element) {
    const tile = {
      element, name: element.dataset.camera, screen: element.querySelector(".screen"), image: element.querySelector("img"),
      state: null, playing: false, asked: "",
    };
    resized.observe(tile.screen);
    tile.image.addEventListener("load", () => { tile.image.hidden = false; });
    tile.image.addEventListener("error", () => {
      if (tile.playing) setTimeout(() => tile.playing && play(tile), RETRY_MS);
    });
    element.querySelector(".choose")?.addEventListener("click", () => choose(tile.name));
    element.querySelector(".enlarge").hidden = !document.fullscreenEnabled;
    element.querySelector(".enlarge").addEventListener("click", () => tile.screen.requestFullscreen());
    return tile;
  }

  const address = (tile, file) => `/cameras/${encodeURIComponent(tile.name)}/${file}?${asFor(tile)}&n=${++serial}`;

  /** The part of the address that says how large the tile's picture is shown. */
  function asFor({ screen, state }) {
    const shape = state?.width ? state.width / state.height : 16 / 9;
    const shown = Math.min(screen.clientWidth, screen.clientHeight * shape);
    const pixels = shown * Math.min(devicePixelRatio, MOST_DENSITY);
    const width = widths.find((each) => each >= pixels) ?? widths.at(-1);
    return devicePixelRatio < DENSE ? `width=${width}` : `width=${width}&quality=${DENSE_QUALITY}`;
  }

  function play(tile) {
    tile.playing = true;
    tile.asked = asFor(tile);
    tile.image.hidden = false;
    tile.image.src = address(tile, "stream.mjpg");
  }

  function stop(tile) {
    tile.playing = false;
    tile.image.removeAttribute("src");
    tile.image.hidden = true;
  }

  function inOrder() {
    return [...tiles].sort((a, b) => b.element.classList.contains("large") - a.element.classList.contains("large"));
  }

  /** Starts and stops streams so that the right ones run in the right size; with `again`, those that run start anew. */
  function arrange(again = false) {
    inOrder().forEach((tile, place) => {
      const wanted = !document.hidden && connected && place < MOST_STREAMS;
      if (wanted && (again || !tile.playing || tile.asked !== asFor(tile))) play(tile);
      if (!wanted && tile.playing) stop(tile);
    });
  }

  async function refreshSnapshots() {
    if (document.hidden || !connected) return;
    for (const tile of inOrder().slice(MOST_STREAMS)) {
      const answer = await fetch(address(tile, "snapshot.jpg")).catch(() => null);
      if (!answer?.ok || tile.playing) continue;
      const old = tile.image.src;
      tile.image.src = URL.createObjectURL(await answer.blob());
      if (old.startsWith("blob:")) URL.revokeObjectURL(old);
    }
  }

  async function keepSnapshotsFresh() {
    await refreshSnapshots();
    setTimeout(keepSnapshotsFresh, SNAPSHOT_EVERY_MS);
  }

  function choose(name) {
    const chosen = tiles.find((tile) => tile.name === name) ?? tiles[0];
    for (const tile of tiles) tile.element.classList.toggle("large", tile === chosen);
    localStorage.setItem("camera", chosen.name);
    arrange();
  }

  function show(tile) {
    const { element, state } = tile;
    const live = connected && state?.status === "live";
    const words = connected ? state?.text ?? "starting" : "no connection to Plate Streamer";
    element.dataset.status = connected ? state?.status ?? "starting" : "stalled";
    element.classList.toggle("clear", live);
    element.querySelector(".overlay-text").textContent = words;
    element.querySelector(".state-text").textContent = SETTLED_WORDS[state?.status] ?? (connected ? state?.status ?? "starting" : "no connection");
    element.querySelector(".state").title = words;
    element.querySelector(".figures").textContent = live ? figures(state) : "";
    showRejected(element.querySelector(".rejected"), state?.rejected ?? {});
  }

  document.addEventListener("visibilitychange", () => arrange());
  choose(localStorage.getItem("camera"));
  if (tiles.length > MOST_STREAMS) keepSnapshotsFresh();

  return {
    /** One camera's state has changed. */
    tell(state) {
      const tile = tiles.find((candidate) => candidate.name === state.camera);
      if (!tile) return;
      tile.state = state;
      show(tile);
    },
    /** The server is there (again), or gone. */
    connection(there) {
      connected = there;
      tiles.forEach(show);
      arrange(there);
    },
  };
}

/** Calls `act` once things have been quiet for a moment. */
function soon(act) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, RESIZED_MS);
  };
}

function figures(state) {
  const words = [];
  if (state.width) words.push(`${state.width} × ${state.height}`);
  if (state.fps) words.push(`${Math.round(state.fps)} frames/s`);
  if (state.looks_fps) words.push(`${state.looks_fps.toFixed(state.looks_fps < 10 ? 1 : 0)} looks/s`);
  if (state.health < 0.99) words.push(`${Math.floor(100 * state.health)} % of the looks it wants`);
  if (state.slowed) words.push(state.slowed);
  return words.join(" · ");
}

function showRejected(link, reasons) {
  const counts = Object.entries(reasons);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  link.hidden = all === 0;
  link.textContent = `${all} rejected`;
  link.title = `Looked like plates and did not become reads:\n${counts.map(([reason, count]) => `${count} × ${reason}`).join("\n")}`;
}
