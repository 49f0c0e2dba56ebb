"use strict";

const REFRESH_MS = 2000;

function keepListsFresh(lists) {
  let shown = lists.innerHTML.trim();
  setInterval(async () => {
    if (document.hidden || lists.contains(document.activeElement)) return;
    try {
      const answer = await fetch(lists.dataset.source, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = (await answer.text()).trim();
      if (fresh !== shown) {
        shown = fresh;
        lists.innerHTML = fresh;
      }
    } catch {
      // The sandbox is restarting: the next round asks again.
    }
  }, REFRESH_MS);
}

function submitOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.classList.contains("is-busy")) {
      event.preventDefault();
      return;
    }
    form.classList.add("is-busy");
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    form.classList.remove("is-busy");
    form.removeAttribute("aria-busy");
  });
}

async function offerCamera(button, video) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  button.hidden = false;
  button.addEventListener("click", () => scanWithCamera(button, video));
}

async function scanWithCamera(button, video) {
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    button.textContent = "无法使用摄像头";
    return;
  }
  button.hidden = true;
  video.hidden = false;
  await video.play();
  const look = async () => {
    const [code] = await detector.detect(video).catch(() => []);
    if (code) {
      location.assign("/wallet?code=" + encodeURIComponent(code.rawValue));
    } else {
      requestAnimationFrame(look);
    }
  };
  look();
}

const lists = document.getElementById("lists");
if (lists) keepListsFresh(lists);
const form = document.getElementById("pay-form");
if (form) submitOnce(form);
const camera = document.getElementById("open-camera");
if (camera) offerCamera(camera, document.getElementById("camera"));
