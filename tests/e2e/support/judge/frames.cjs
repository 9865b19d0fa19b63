// Frames as a server writes them, right or wrong (RFC 6455, section 5.2).
"use strict";

const CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;
/** The reserved bits as `rsv` takes them. */
const RSV1 = 4, RSV2 = 2, RSV3 = 1;

/** The length behind the first byte, in the shortest form or in one of `field` bytes. */
function lengthField(length, field) {
  if (field === 0) return Buffer.from([length]);
  const bytes = Buffer.alloc(1 + field);
  bytes[0] = field === 2 ? 126 : 127;
  if (field === 2) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

const shortestField = (length) => (length < 126 ? 0 : length < 65536 ? 2 : 8);

/**
 * One frame. `field`: bytes of the length (0, 2, 8) if not the fewest; `length`: what the header
 * says, if that is not the size of the payload.
 */
function frame(opcode, payload = "", options = {}) {
  const body = Buffer.from(payload);
  const { fin = true, rsv = 0, masked = false, length = body.length } = options;
  const { field = shortestField(length) } = options;
  const first = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]);
  const size = lengthField(length, field);
  if (masked) size[0] |= 0x80;
  return Buffer.concat([first, size, ...(masked ? [Buffer.alloc(4)] : []), body]);
}

const text = (payload, options) => frame(TEXT, payload, options);
const binary = (payload, options) => frame(BINARY, payload, options);
const ping = (payload, options) => frame(PING, payload, options);
const pong = (payload, options) => frame(PONG, payload, options);
/** More of a message, and the last of it. */
const more = (payload) => frame(CONTINUATION, payload, { fin: false });
const last = (payload) => frame(CONTINUATION, payload);

function close(code, reason = "") {
  return frame(CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
}

/** A message in the fragments `pieces`. */
function fragments(opcode, pieces, options = {}) {
  return pieces.map((piece, i) => {
    const fin = i === pieces.length - 1;
    if (i === 0) return frame(opcode, piece, { ...options, fin });
    return frame(CONTINUATION, piece, { fin });
  });
}

/** `bytes` in pieces of `size` bytes. */
function cut(bytes, size) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

module.exports = {
  CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG, RSV1, RSV2, RSV3,
  frame, text, binary, ping, pong, more, last, close, fragments, cut,
};
