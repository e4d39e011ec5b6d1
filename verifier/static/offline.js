// The page that works without a network: reads the address it was opened with, or what the camera sees, and says what this device knows.

import { checkOffline } from "./genuine.js";
import { startCamera } from "./camera.js";
import { choose, chosen, freshLists, freshTrust, keptTrust } from "./fresh.js";
import { linkOf } from "./qr.js";
import * as shelf from "./shelf.js";

const texts = JSON.parse(document.getElementById("texts").textContent);
const language = document.documentElement.lang;
const place = (selector, within = document) => within.querySelector(selector);
const moment = (date) => new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Jakarta" }).format(date) + " WIB";
const day = (seconds) => new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "Asia/Jakarta" }).format(new Date(seconds * 1000));
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

async function show(link) {
  const trust = await keptTrust().catch(() => null);
  const found = await checkOffline(link, trust, shelf, new Date());
  const sheet = place("#result"), { claims, issuer } = found;
  sheet.className = `sheet ${found.verdict}`;
  sheet.hidden = false;
  place("#welcome").hidden = true;
  for (const one of sheet.querySelectorAll("[data-icon]")) one.hidden = one.dataset.icon !== found.verdict;
  const known = found.verdict === "genuine" && !found.at ? "genuine-unknown" : found.verdict;
  place("#verdict").textContent = filled(texts.verdicts[known], { at: found.at ? moment(found.at) : "" });
  place(".advice", sheet).textContent = texts.advice[known];
  place(".because", sheet).textContent = [texts.reasons[found.reason], found.at && found.verdict !== "genuine" ? filled(texts.asOf, { at: moment(found.at) }) : ""].filter(Boolean).join(" ");
  place(".because", sheet).hidden = !place(".because", sheet).textContent;
  place(".certificate", sheet).hidden = !claims;
  document.title = `${place("#verdict").textContent} · Jejak`;
  if (claims) tell(sheet, claims, issuer);
  place("#main").focus({ preventScroll: true });
  scrollTo(0, 0);
}

function tell(sheet, claims, issuer) {
  place(".certificate h2", sheet).textContent = claims.title;
  place(".holder", sheet).textContent = claims.holder;
  place(".hours b", sheet).textContent = new Intl.NumberFormat(language).format(claims.jp);
  place(".claimed", sheet).hidden = !claims.cut;
  place('[data-fact="provider"]', sheet).textContent = issuer.name;
  place('[data-fact="completed"]', sheet).textContent = claims.awarded ? day(claims.awarded) : "–";
  place('[data-fact="issued"]', sheet).textContent = day(claims.issued);
}

async function tellAge(trust) {
  const kept = await shelf.fact("trust"), bytes = await shelf.size();
  const age = trust ? filled(texts.age, { version: trust.version, at: moment(new Date(kept.fetched)), until: moment(trust.expires) }) : texts.nothing;
  place("#age").textContent = `${age} ${filled(texts.size, { kb: Math.ceil(bytes / 1024) })}`;
}

async function tellIssuers(trust) {
  const kept = await shelf.lists(), wanted = await chosen();
  place("#issuers").replaceChildren(...(trust?.issuers ?? []).map((issuer) => {
    const times = kept.filter((one) => one.issuer === issuer.id).map((one) => one.signed);
    const item = document.createElement("li"), label = document.createElement("label"), box = document.createElement("input"), note = document.createElement("small");
    box.type = "checkbox";
    box.checked = wanted.includes(issuer.id);
    box.addEventListener("change", async () => { await choose(issuer.id, box.checked); if (box.checked) await refresh(); });
    note.textContent = times.length ? filled(texts.asOf, { at: moment(new Date(Math.min(...times))) }) : texts.noList;
    label.append(box, ` ${issuer.name}`);
    item.append(label, note);
    return item;
  }));
}

async function refresh() {
  place("#refresh").disabled = true;
  const trust = await freshTrust().catch(() => null), wanted = await chosen();
  for (const issuer of trust?.issuers ?? []) if (wanted.includes(issuer.id)) await freshLists(issuer);
  await tellAge(trust);
  await tellIssuers(trust);
  place("#refresh").disabled = false;
}

// With a script, the lists of an issuer whose certificate was looked at are kept too (`/v/ID` tells which).
async function start() {
  const link = linkOf(location.href);
  if (link) await show(link);
  startCamera(place("#camera"), async (found) => { await show(found); return true; });
  addEventListener("hashchange", async () => { const next = linkOf(location.href); if (next) await show(next); });
  place("#refresh").addEventListener("click", refresh);
  const trust = await keptTrust().catch(() => null);
  await tellAge(trust);
  await tellIssuers(trust);
  if (navigator.onLine) await refresh();
  document.documentElement.dataset.ready = "yes";
}

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/v/sw.js", { scope: "/v" }).catch(() => {});
start();
