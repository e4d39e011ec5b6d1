// Finds a QR in a video frame: by the browser where it can (BarcodeDetector), else by zxing-wasm, served from here and loaded when first needed.

const LONGER_SIDE = 1280; // pixels that are looked at
let decoder = null;

export async function decode(video) {
  decoder ??= await chooseDecoder();
  return video.videoWidth ? decoder(video) : null;
}

async function chooseDecoder() {
  if ("BarcodeDetector" in self && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  }
  const { prepareZXingModule, readBarcodes } = await import("/v/zxing.js");
  prepareZXingModule({ overrides: { locateFile: (name) => `/v/${name}` } });
  const canvas = document.createElement("canvas"), drawing = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, LONGER_SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(drawing.getImageData(0, 0, canvas.width, canvas.height), { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 });
    return found[0]?.text ?? null;
  };
}
