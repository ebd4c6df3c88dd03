"use strict";
// Keeps the overview up to date. Without it the page is as it was when it was loaded.

const PERIOD = 10_000;
const MOST_EVENTS = 200;

const events = document.getElementById("events");
if (events) start();

function start() {
  let paused = false;
  let source = listen();
  setInterval(() => { if (!paused && !document.hidden) refresh(); }, PERIOD);

  const button = document.createElement("button");
  button.type = "button";
  button.id = "pause";
  button.textContent = "Pause updates";
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? "Go on with updates" : "Pause updates";
    if (paused) source.close();
    else { source = listen(); refresh(); }
  });
  const state = document.createElement("p");
  state.id = "state";
  state.className = "stale";
  state.setAttribute("role", "status");
  document.querySelector("h1").after(button, state);
}

async function refresh() {
  let stale = "";
  try { replace(await fetched()); }
  catch { stale = "This page is not up to date: the console does not answer, or wants a login. Load it again."; }
  document.getElementById("state").textContent = stale;
}

async function fetched() {
  const response = await fetch("live", { redirect: "error" });
  if (!response.ok) throw new Error(response.status);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// What has the class `live` takes the place of what has the same id.
function replace(fetched) {
  for (const old of document.querySelectorAll(".live")) {
    const now = fetched.getElementById(old.id);
    if (now) old.replaceChildren(...now.childNodes);
  }
}

// The browser connects again by itself, and says what it had last.
function listen() {
  const source = new EventSource("events?after=" + events.dataset.latest);
  source.addEventListener("message", (message) => {
    events.dataset.latest = message.lastEventId;
    events.insertAdjacentHTML("afterbegin", message.data);
    while (events.children.length > MOST_EVENTS) events.lastElementChild.remove();
    document.getElementById("no-events").hidden = true;
  });
  return source;
}
