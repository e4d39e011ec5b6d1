// What a printed QR carries (docs/formats.md, "QR"): decimal digits -> raw deflate -> COSE_Sign1 by ES256 over a CBOR map.
// Used by the offline page and by the page of a certificate. No dependency; WebCrypto and DecompressionStream are the browser's.

const LONGEST = 4096;
const LABELS = { 1: "id", 2: "holder", 3: "title", 4: "provider", 5: "jp", 6: "issued", 7: "awarded", 8: "expires", 9: "list", 10: "index", 11: "digest", 12: "kind", 13: "cut" };
const REQUIRED = ["id", "holder", "title", "provider", "jp", "issued", "awarded", "list", "index", "digest"];
const CONTENT_TYPE = "application/vnd.jejak.qr";

export class DamagedError extends Error {}

export function linkOf(text) {
  let url;
  try { url = new URL(text); } catch { return null; }
  const found = /^\/v\/([a-z2-7]{26})\/?$/.exec(url.pathname);
  return found && /^https?:$/.test(url.protocol) ? { host: url.host, id: found[1], digits: url.hash.slice(1) } : null;
}

export async function readPayload(digits) {
  if (!/^[1-9][0-9]{1,3999}$/.test(digits)) throw new DamagedError("digits");
  const content = await inflated(bytesOf(BigInt(digits)), "deflate-raw", LONGEST);
  const outer = decoded(content);
  if (!(outer instanceof Tagged) || outer.tag !== 18 || !Array.isArray(outer.value) || outer.value.length !== 4) throw new DamagedError("COSE_Sign1");
  const [header, unprotected, body, signature] = outer.value;
  const told = decoded(header);
  if (!(unprotected instanceof Map) || unprotected.size || !(told instanceof Map) || told.size !== 3) throw new DamagedError("headers");
  if (told.get(1) !== -7 || told.get(3) !== CONTENT_TYPE || !(told.get(4) instanceof Uint8Array) || signature.length !== 64) throw new DamagedError("headers");
  const claims = {};
  for (const [label, value] of decoded(body)) {
    if (!(label in LABELS)) throw new DamagedError("claims");
    claims[LABELS[label]] = value;
  }
  if (!REQUIRED.every((name) => name in claims) || claims.digest.length !== 32 || claims.id.length !== 16) throw new DamagedError("claims");
  return { key: hex(told.get(4)), signed: toBeSigned(header, body), signature, ...claims, id: base32(claims.id), digest: hex(claims.digest) };
}

export async function isSignedBy(payload, jwk) {
  return verifies(jwk, payload.signature, payload.signed);
}

export async function verifies(jwk, signature, data) {
  const { kty, crv, x, y } = jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y, ext: true }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, data);
}

export async function thumbprint(jwk) {
  const told = `{"crv":"${jwk.crv}","kty":"${jwk.kty}","x":"${jwk.x}","y":"${jwk.y}"}`;
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(told)))).slice(0, 16);
}

export async function inflated(content, format, longest) {
  const reader = new Blob([content]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const pieces = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > longest) throw new DamagedError("too long");
      pieces.push(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error instanceof DamagedError ? error : new DamagedError("packed badly");
  }
  const whole = new Uint8Array(length);
  let place = 0;
  for (const piece of pieces) { whole.set(piece, place); place += piece.length; }
  return whole;
}

export function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function base64url(text) {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
}

function base32(bytes) {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  let bits = 0, value = 0, text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) { bits -= 5; text += letters[(value >> bits) & 31]; value &= (1 << bits) - 1; }
  }
  return bits ? text + letters[(value << (5 - bits)) & 31] : text;
}

function bytesOf(number) {
  let text = number.toString(16);
  if (text.length % 2) text = "0" + text;
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
}

// ["Signature1", protected, h'', payload] (RFC 9052 §4.4), in deterministic CBOR.
function toBeSigned(header, body) {
  const text = new TextEncoder().encode("Signature1");
  return Uint8Array.from([0x84, ...head(3, text.length), ...text, ...head(2, header.length), ...header, 0x40, ...head(2, body.length), ...body]);
}

function head(major, length) {
  if (length < 24) return [(major << 5) | length];
  return length < 256 ? [(major << 5) | 24, length] : [(major << 5) | 25, length >> 8, length & 255];
}

class Tagged {
  constructor(tag, value) { this.tag = tag; this.value = value; }
}

// As much of CBOR (RFC 8949) as the object uses, in its deterministic form: whatever else there is, is damage.
export function decoded(content) {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let place = 0;
  const value = item(0);
  if (place !== content.length) throw new DamagedError("something behind it");
  return value;

  function argument(kind) {
    if (kind < 24) return kind;
    const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[kind];
    if (!size || place + size > content.length) throw new DamagedError("length");
    const number = size === 1 ? view.getUint8(place) : size === 2 ? view.getUint16(place) : size === 4 ? view.getUint32(place) : Number(view.getBigUint64(place));
    if (number < { 1: 24, 2: 256, 4: 65536, 8: 2 ** 32 }[size]) throw new DamagedError("not deterministic");
    place += size;
    return number;
  }

  function item(depth) {
    if (depth > 4 || place >= content.length) throw new DamagedError("cut off");
    const first = content[place++], major = first >> 5, kind = first & 31;
    if (major === 7) return float(kind);
    const count = argument(kind);
    if (major === 0) return count;
    if (major === 1) return -1 - count;
    if (major === 2 || major === 3) return text(major, count);
    if (major === 4) return Array.from({ length: bounded(count) }, () => item(depth + 1));
    if (major === 5) return map(bounded(count), depth);
    return new Tagged(count, item(depth + 1));
  }

  function text(major, count) {
    if (place + count > content.length) throw new DamagedError("cut off");
    const bytes = content.slice(place, (place += count));
    return major === 2 ? bytes : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  }

  function map(count, depth) {
    const found = new Map();
    for (let number = 0; number < count; number++) {
      const key = item(depth + 1);
      if (found.has(key)) throw new DamagedError("a member twice");
      found.set(key, item(depth + 1));
    }
    return found;
  }

  function bounded(count) {
    if (count > 64) throw new DamagedError("too many");
    return count;
  }

  function float(kind) {
    const size = { 25: 2, 26: 4, 27: 8 }[kind];
    if (!size || place + size > content.length) throw new DamagedError("simple value");
    const start = place;
    place += size;
    if (size === 4) return view.getFloat32(start);
    if (size === 8) return view.getFloat64(start);
    const half = view.getUint16(start), exponent = (half >> 10) & 31, fraction = half & 1023;
    const size2 = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    return half & 0x8000 ? -size2 : size2;
  }
}
