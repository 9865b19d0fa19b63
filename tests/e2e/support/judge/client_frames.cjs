// Reads what the client sends, and finds what it breaks in doing so.
"use strict";

const { CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG, RSV1 } = require("./frames.cjs");

const KNOWN = new Set([CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG]);
const HEAD_MIN = 6; // Two bytes and the masking key.

/** The faults that the header of a frame shows by itself (RFC 6455, sections 5.1 to 5.5). */
function faultsOf({ opcode, fin, rsv, masked, size, field }, compresses) {
  const faults = [];
  if (!masked) faults.push("a frame of the client is not masked");
  if (!KNOWN.has(opcode)) faults.push(`the opcode ${opcode}`);
  if (field !== (size < 126 ? 0 : size < 65536 ? 2 : 8)) faults.push("a length is not minimal");
  if (opcode >= CLOSE && size > 125) faults.push("a long control frame");
  // All of ours are sent in one frame each: see the deviations.
  if (!fin || opcode === CONTINUATION) faults.push("a fragment");
  const isCompressed = compresses && rsv === RSV1 && opcode < CLOSE;
  if (rsv !== 0 && !isCompressed) faults.push(`the reserved bits ${rsv}`);
  return faults;
}

/** The frame at `at`, or how many bytes from there on are needed to see more of it. */
function parse(bytes, at) {
  const here = bytes.length - at;
  if (here < HEAD_MIN) return { wanted: HEAD_MIN };
  const code = bytes[at + 1] & 0x7f;
  const field = code < 126 ? 0 : code === 126 ? 2 : 8;
  const head = HEAD_MIN + field;
  if (here < head) return { wanted: head };
  let size = code;
  if (field === 2) size = bytes.readUInt16BE(at + 2);
  if (field === 8) size = Number(bytes.readBigUInt64BE(at + 2));
  if (here < head + size) return { wanted: head + size };
  const first = bytes[at];
  const key = bytes.subarray(at + head - 4, at + head);
  const payload = Buffer.from(bytes.subarray(at + head, at + head + size));
  for (let i = 0; i < size; ++i) payload[i] ^= key[i & 3];
  return {
    opcode: first & 0x0f, fin: (first & 0x80) !== 0, rsv: (first >> 4) & 7,
    masked: (bytes[at + 1] & 0x80) !== 0, field, size, payload,
    key: key.readUInt32BE(0), end: at + head + size,
  };
}

/** Hands each frame that is complete to `onFrame`. */
class ClientFrames {
  constructor(onFrame) {
    this.onFrame = onFrame;
    this.chunks = [];
    this.held = 0;
    this.wanted = HEAD_MIN;
  }

  push(chunk) {
    this.chunks.push(chunk);
    this.held += chunk.length;
    if (this.held < this.wanted) return;
    const bytes = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    let at = 0;
    for (;;) {
      const frame = parse(bytes, at);
      if (frame.wanted) {
        this.wanted = frame.wanted;
        break;
      }
      at = frame.end;
      this.onFrame(frame);
    }
    this.held = bytes.length - at;
    this.chunks = this.held > 0 ? [bytes.subarray(at)] : [];
  }
}

module.exports = { ClientFrames, faultsOf };
