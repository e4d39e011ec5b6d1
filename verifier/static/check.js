// Extras of the form: the camera, and the offline page for the next time there is no network. Everything works without them.

import { startCamera } from "./camera.js";

const section = document.getElementById("camera");
startCamera(section, async (link, text) => {
  if (link.host === location.host) {
    location.href = `/v/${link.id}?lang=${document.documentElement.lang}#${link.digits}`;
    return true;
  }
  const field = document.getElementById("certificate"); // another host: the server says whether it is a verifier's
  field.value = text;
  field.form.submit();
  return true;
});

if (section.dataset.offline && "serviceWorker" in navigator) navigator.serviceWorker.register("/v/sw.js", { scope: "/v" }).catch(() => {});
