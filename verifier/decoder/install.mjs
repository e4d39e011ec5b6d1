// Puts the pinned decoder beside our own scripts, under names of ours: `npm ci && node install.mjs`.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

const from = new URL("node_modules/zxing-wasm/", import.meta.url), to = new URL("../static/", import.meta.url);
const script = readFileSync(new URL("dist/es/reader/index.js", from), "utf8");
writeFileSync(new URL("zxing.js", to), script.replaceAll("../share.js", "/v/zxing-share.js"));
copyFileSync(new URL("dist/es/share.js", from), new URL("zxing-share.js", to));
copyFileSync(new URL("dist/reader/zxing_reader.wasm", from), new URL("zxing_reader.wasm", to));
copyFileSync(new URL("LICENSE", from), new URL("zxing-LICENSE.txt", to));
