// Watches one payment: counts down, asks the server how it stands, and takes over the page it renders.
"use strict";

const FIRST_POLLS = 30;
const QUICK_MS = 1000;
const SLOW_MS = 2000;
const HIDDEN_MS = 6000;
const FINAL_SCENES = ["paid", "cancelled", "timed_out"];

let page = document.getElementById("cashier");
let endsAt = 0;
let polls = 0;
let timer = 0;
let isStarting = false;

function readPage() {
  endsAt = performance.now() + Number(page.dataset.secondsLeft) * 1000;
  for (const form of page.querySelectorAll("form.start")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      start(form);
    });
  }
  showTime();
  if (page.dataset.starts) {
    const form = page.querySelector("#again form");
    if (form) start(form);
  }
}

function showTime() {
  const clock = document.getElementById("countdown");
  if (!clock) return;
  const left = Math.max(0, Math.round((endsAt - performance.now()) / 1000));
  clock.textContent = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
  clock.parentElement.classList.toggle("soon", left < 120);
}

function showProblem(text) {
  const problem = document.getElementById("problem");
  if (!problem) return;
  problem.textContent = text;
  problem.hidden = !text;
  const hasOwnButton = page.querySelectorAll("form.start").length > 1;
  document.getElementById("again").hidden = !text || hasOwnButton;
}

function isShown(scene, code) {
  return scene === page.dataset.scene && code === page.dataset.code;
}

async function renew() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("cashier");
  if (!next || isShown(next.dataset.scene, next.dataset.code)) return;
  const place = document.importNode(next, true);
  page.replaceWith(place);
  page = place;
  readPage();
}

async function start(form) {
  if (isStarting) return;
  isStarting = true;
  showProblem("");
  const buttons = page.querySelectorAll("form.start button");
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    const told = await answer.json();
    isStarting = false;
    if (answer.ok || answer.status === 409) await renew();
    if (!answer.ok) showProblem(told.message);
  } catch (_error) {
    isStarting = false;
    showProblem(document.documentElement.lang.startsWith("zh") ? "网络不稳定，请重试" : "No connection, try again");
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

async function look() {
  polls += 1;
  try {
    const answer = await fetch(page.dataset.stateUrl, { headers: { accept: "application/json" } });
    if (answer.ok) {
      const state = await answer.json();
      endsAt = performance.now() + state.seconds_left * 1000;
      if (!isShown(state.scene, state.code_id) && !isStarting) await renew();
    }
  } catch (_error) {
    // The next look may find the network again.
  }
  plan();
}

function plan() {
  clearTimeout(timer);
  if (FINAL_SCENES.includes(page.dataset.scene)) return;
  const pause = document.hidden ? HIDDEN_MS : polls < FIRST_POLLS ? QUICK_MS : SLOW_MS;
  timer = setTimeout(look, pause);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !FINAL_SCENES.includes(page.dataset.scene)) {
    polls = 0;
    clearTimeout(timer);
    look();
  }
});

if (page) {
  readPage();
  setInterval(showTime, 1000);
  plan();
}
