// The page of a certificate, opened by its QR: the QR's own signed object stands behind the # and never reaches the server, so it is compared here.
// It must be signed by the issuer and belong to this certificate; otherwise the page stops saying what it said.

import { isSignedBy, linkOf, readPayload, thumbprint } from "./qr.js";
import { choose, freshLists, freshTrust } from "./fresh.js";

const told = JSON.parse(document.getElementById("facts").textContent);
const link = linkOf(location.href);

async function belongs() {
  const payload = await readPayload(link.digits).catch(() => null);
  if (!payload || payload.id !== link.id || payload.digest !== told.digest) return false;
  for (const jwk of told.keys) if ((await thumbprint(jwk)) === payload.key) return isSignedBy(payload, jwk);
  return false;
}

if (link?.digits && crypto.subtle) {
  const good = await belongs();
  const line = document.querySelector('[data-check="qr"]');
  line.className = good ? "passed" : "failed";
  line.querySelector(".outcome").textContent = good ? told.passed : told.failed;
  line.querySelector("p").textContent = good ? told.same : told.other;
  line.querySelector(".dot").replaceChildren(...document.querySelector(good ? "#icon-passed" : "#icon-failed").content.cloneNode(true).childNodes);
  if (!good) {
    document.querySelector("article").className = "sheet altered";
    document.querySelector("#verdict").textContent = told.altered;
    document.querySelector(".advice").textContent = told.alteredAdvice;
    document.querySelectorAll(".certificate, .downloads, .match, .because, .verdict .when").forEach((one) => one.remove());
  }
  document.documentElement.dataset.ready = "yes";
}

// The lists of an issuer that was looked at are kept for the time without a network.
if (told.offline && told.issuer && "serviceWorker" in navigator) {
  await navigator.serviceWorker.register("/v/sw.js", { scope: "/v" }).catch(() => {});
  const trust = await freshTrust().catch(() => null);
  const issuer = trust?.issuers.find((one) => one.id === told.issuer);
  if (issuer) { await choose(issuer.id, true); await freshLists(issuer); }
  document.documentElement.dataset.kept = "yes";
}
