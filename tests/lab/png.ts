/**
 * Reads the pictures that a browser takes: PNG with 8 bits a channel, not interlaced.
 * @module
 */

/** A picture as its pixels. */
export interface Picture {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Red, green and blue of every pixel, row after row. */
  readonly rgb: Uint8Array;
}

/** Reads a picture. @throws {SyntaxError} when it is none of this kind */
export async function readPng(bytes: Uint8Array): Promise<Picture> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0x89504e47) throw new SyntaxError("Cannot read a picture: no PNG");
  let [width, height, channels] = [0, 0, 0];
  const data: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(bytes.subarray(at + 4, at + 8));
    if (type === "IHDR") {
      [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
      const [depth, color, interlaced] = [bytes[at + 16], bytes[at + 17], bytes[at + 20]];
      channels = color === 2 ? 3 : color === 6 ? 4 : 0;
      if (depth !== 8 || channels === 0 || interlaced !== 0) {
        throw new SyntaxError(`Cannot read a picture: depth ${depth}, color type ${color}`);
      }
    }
    if (type === "IDAT") data.push(bytes.slice(at + 8, at + 8 + length));
    at += length + 12;
  }
  const packed = new Blob(data).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(packed).arrayBuffer());
  const pixels = unfiltered(raw, { width, height, channels });
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = pixels[i * channels + c] ?? 0;
  }
  return { width, height, rgb };
}

/** Every row says how it was predicted from what is left of it and above it. */
function unfiltered(
  raw: Uint8Array,
  { width, height, channels }: { width: number; height: number; channels: number },
): Uint8Array {
  const stride = width * channels;
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < channels ? 0 : out[at - channels] ?? 0;
      const up = y === 0 ? 0 : out[at - stride] ?? 0;
      const corner = x < channels || y === 0 ? 0 : out[at - stride - channels] ?? 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[at] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [left, up, corner].map((it) => Math.abs(left + up - corner - it));
  if (a === undefined || b === undefined || c === undefined) return 0;
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** How many pixels have nearly this color: `#rrggbb`. */
export function pixelsLike({ rgb }: Picture, color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  let count = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    const far = Math.abs((rgb[i] ?? 0) - r) + Math.abs((rgb[i + 1] ?? 0) - g) +
      Math.abs((rgb[i + 2] ?? 0) - b);
    if (far <= 24) count += 1;
  }
  return count;
}
