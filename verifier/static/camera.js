// The camera, as an extra: looks for a QR that leads to a certificate. Without it there is the photo, the file and the number.

import { decode } from "./decoding.js";
import { linkOf } from "./qr.js";

const PAUSE = 150; // milliseconds between two looks

// `found(link, text)` answers whether looking may end.
export function startCamera(section, found) {
  if (!navigator.mediaDevices?.getUserMedia) return;
  section.hidden = false;
  const button = section.querySelector("button"), told = section.querySelector(".told"), viewer = section.querySelector(".viewer"), video = section.querySelector("video");
  let stream = null;
  button.addEventListener("click", () => (stream ? stop("") : open()));
  addEventListener("pagehide", () => stop(""));

  async function open() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } } });
    } catch {
      told.textContent = section.dataset.none;
      return;
    }
    video.srcObject = stream;
    viewer.hidden = false;
    button.textContent = section.dataset.stop;
    told.textContent = section.dataset.look;
    await video.play();
    while (stream) {
      const text = await decode(video).catch(() => { stop(section.dataset.none); return null; });
      const link = text && linkOf(text);
      if (link && (await found(link, text))) stop("");
      else if (text && !link) told.textContent = section.dataset.other;
      await new Promise((next) => setTimeout(next, PAUSE));
    }
  }

  function stop(why) {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    viewer.hidden = true;
    button.textContent = section.dataset.start;
    told.textContent = why;
  }
}
