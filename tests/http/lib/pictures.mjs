// Pictures made byte by byte: PNG of any size, and gray JPEG of flat 8×8 blocks with an EXIF orientation.
import { randomInt } from 'node:crypto';
import { crc32 as nodeCrc32, deflateSync } from 'node:zlib';

const table = Int32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
const crc32 = nodeCrc32 ?? ((bytes) => ~bytes.reduce((crc, byte) => table[(crc ^ byte) & 255] ^ (crc >>> 8), -1) >>> 0);

function chunk(type, data) {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** RGBA; `colour(x, y)` gives [r, g, b, a]. Without it: one colour at random, so that no two are the same content. */
export function png(width, height, colour) {
  const header = Buffer.alloc(13), flat = [randomInt(256), randomInt(256), randomInt(256), 255];
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (width * 4 + 1));
  for (let y = 0, at = 0; y < height; y++) {
    at++; // filter: none
    for (let x = 0; x < width; x++, at += 4) rows.set(colour ? colour(x, y) : flat, at);
  }
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('tEXt', Buffer.from(`Comment\0${randomInt(2 ** 47)}`)), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** A PNG of about so many bytes that cannot be compressed: its text chunk is noise. */
export function heavyPng(bytes) {
  const small = png(16, 16), text = Buffer.alloc(bytes - small.length - 12, 'x');
  for (let i = 8; i < text.length; i += 4096) text.writeUInt32LE(randomInt(2 ** 32), i);
  text.write('Comment\0', 'latin1');
  return Buffer.concat([small.subarray(0, 33), chunk('tEXt', text), small.subarray(33)]);
}

const segment = (marker, data) => Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]), data]);

/**
 * Gray JPEG; `shade(column, row)` gives 0 … 255 for a block of 8×8 pixels. Only the blocks' means are
 * coded: each as a difference of 11 bits at most, behind codes of 4 bits.
 */
export function jpeg(width, height, { shade = () => 128, orientation } = {}) {
  const exif = orientation && Buffer.concat([Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01', 'latin1'), Buffer.from([0, orientation, 0, 0, 0, 0, 0, 0])]);
  const frame = Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  const counts = (bits, n) => Array.from({ length: 16 }, (_, i) => (i + 1 === bits ? n : 0));
  const means = Buffer.from([0x00, ...counts(4, 12), ...Array(12).keys()]), rest = Buffer.from([0x10, ...counts(1, 1), 0]);
  let bits = '', before = 0;
  for (let row = 0; row < Math.ceil(height / 8); row++)
    for (let column = 0; column < Math.ceil(width / 8); column++) {
      const mean = shade(column, row) - 128, difference = mean - before, size = 32 - Math.clz32(Math.abs(difference));
      before = mean;
      bits += size.toString(2).padStart(4, '0');
      if (size) bits += (difference > 0 ? difference : difference + 2 ** size - 1).toString(2).padStart(size, '0');
      bits += '0'; // the end of the block
    }
  const data = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1').match(/.{8}/g).flatMap((byte) => (byte === '11111111' ? [255, 0] : [parseInt(byte, 2)]));
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]), ...(exif ? [segment(0xe1, exif)] : []), segment(0xfe, Buffer.from(`${randomInt(2 ** 47)}`)),
    segment(0xdb, Buffer.from([0, ...Array(64).fill(8)])), segment(0xc0, frame), segment(0xc4, means), segment(0xc4, rest),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), Buffer.from(data), Buffer.from([0xff, 0xd9]),
  ]);
}

/** A multipart body of fields `image`, and its content type. */
export function multipart(files, boundary = 'between-the-parts') {
  const parts = files.flatMap(({ name = 'picture.png', bytes, field = 'image', type = 'image/png' }) => [
    `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`, bytes, '\r\n',
  ]);
  return { body: Buffer.concat([...parts, `--${boundary}--\r\n`].map((part) => Buffer.from(part))), headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` } };
}
