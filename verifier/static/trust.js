// The overseer's trust list (docs/formats.md, "Trust list"), checked in the browser: from the root that came with this page, by threshold, in its time.

import { verifies } from "./qr.js";

export class TrustError extends Error {}

export async function readTrustList(text, rootText, now, leastVersion) {
  const whole = JSON.parse(text);
  if (whole.format !== "jejak-trust/1") throw new TrustError("format");
  const root = await lastRoot(JSON.parse(rootText), whole.roots, now);
  await check("targets", root, whole.list);
  const told = whole.list.signed;
  if (told._type !== "targets" || told.version < leastVersion) throw new TrustError("older");
  return { version: told.version, expires: new Date(told.expires), ...told.trust };
}

async function lastRoot(builtIn, roots, now) {
  let last = builtIn;
  await check("root", last, last);
  for (const one of roots.slice(0, 256)) {
    if (one.signed.version <= last.signed.version) continue;
    if (one.signed.version !== last.signed.version + 1) throw new TrustError("a root is missing");
    await check("root", last, one);
    await check("root", one, one);
    last = one;
  }
  if (last.signed._type !== "root" || new Date(last.signed.expires) <= now) throw new TrustError("the root has expired");
  return last;
}

// Enough different keys of the role have signed it (TUF 1.0 §4.2.1).
async function check(role, root, metadata) {
  const { keyids, threshold } = root.signed.roles[role];
  const data = new TextEncoder().encode(canonical(metadata.signed));
  const good = new Set();
  for (const { keyid, sig } of metadata.signatures) {
    const key = root.signed.keys[keyid];
    if (!keyids.includes(keyid) || !key || key.scheme !== "ecdsa-sha2-nistp256" || good.has(key.keyval.public)) continue;
    if (await verifies(await fromPem(key.keyval.public), fromDer(sig), data).catch(() => false)) good.add(key.keyval.public);
  }
  if (!(threshold >= 1) || good.size < threshold) throw new TrustError(`${role} is not signed by enough keys`);
}

// Canonical JSON as TUF has it: members in order of their code points, no blanks, only quote and backslash escaped.
export function canonical(value) {
  if (typeof value === "string") return `"${value.replace(/[\\"]/g, "\\$&")}"`;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new TrustError("number");
    return String(value);
  }
  if (value === true || value === false || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort((one, other) => compare([...one], [...other]));
  return `{${names.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
}

function compare(one, other) {
  for (let place = 0; place < Math.min(one.length, other.length); place++) {
    const difference = one[place].codePointAt(0) - other[place].codePointAt(0);
    if (difference) return difference;
  }
  return one.length - other.length;
}

async function fromPem(pem) {
  const der = Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, "")), (letter) => letter.charCodeAt(0));
  const key = await crypto.subtle.importKey("spki", der, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
  return crypto.subtle.exportKey("jwk", key);
}

// From hexadecimal DER (SEQUENCE of two INTEGERs) to r and s of 32 bytes each, as WebCrypto takes it.
function fromDer(text) {
  const der = Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const parts = [];
  let place = 2;
  while (parts.length < 2 && der[place] === 2) {
    const length = der[place + 1];
    parts.push(der.slice(place + 2, place + 2 + length));
    place += 2 + length;
  }
  const raw = new Uint8Array(64);
  parts.forEach((part, number) => {
    const short = part[0] === 0 ? part.slice(1) : part;
    raw.set(short.slice(-32), 32 * (number + 1) - Math.min(short.length, 32));
  });
  return raw;
}
