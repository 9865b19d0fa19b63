// permessage-deflate on Node's zlib, one message at a time (RFC 7692, section 7.2).
//
// A context that is kept is nothing but the window of what came before it, and so a dictionary.
"use strict";

const zlib = require("zlib");

const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const WINDOW_MAX = 1 << 15;

const flush = { finishFlush: zlib.constants.Z_SYNC_FLUSH };

/** One side of a connection. `bits`: its window; `keeps`: whether it keeps its context. */
class Context {
  constructor({ bits = 15, keeps = true } = {}) {
    this.bits = bits;
    this.keeps = keeps;
    this.window = Buffer.alloc(0);
  }

  options(more) {
    const dictionary = this.window.length > 0 ? { dictionary: this.window } : {};
    return { ...flush, windowBits: this.bits, ...dictionary, ...more };
  }

  remember(message) {
    if (!this.keeps) return;
    const size = Math.min(1 << this.bits, WINDOW_MAX);
    this.window = Buffer.concat([this.window, message.subarray(-size)]).subarray(-size);
  }

  /**
   * The payload for `message`. With 8 bits zlib takes its window of 9, in which it refers back by
   * 250 bytes at most (deflate.h, MAX_DIST), and so by no more than the 256 that 8 bits allow.
   */
  deflate(message, options = {}) {
    const body = Buffer.from(message);
    const bytes = zlib.deflateRawSync(body, this.options({
      ...options, windowBits: Math.max(this.bits, 9),
    }));
    this.remember(body);
    return bytes.subarray(-4).equals(TAIL) ? bytes.subarray(0, -4) : bytes;
  }

  /**
   * The message in `payload`; throws when it is no DEFLATE data or refers too far back. zlib looks
   * at the window only between its calls, so that small ones make the look a sharp one.
   */
  inflate(payload) {
    const isSmall = payload.length < 4096;
    const message = zlib.inflateRawSync(Buffer.concat([payload, TAIL]), this.options(
      isSmall ? { chunkSize: 64 } : { chunkSize: 1 << 16 }));
    this.remember(message);
    return message;
  }
}

/** What the two sides may do by an answer `extension`; parameters that are absent leave 15 bits. */
function agreementOf(extension) {
  const answer = extension.replace(/["\s]/g, "");
  const [server, client] = ["server", "client"].map((side) => {
    const bits = new RegExp(`${side}_max_window_bits=(\\d+)`).exec(answer);
    return { bits: bits ? Number(bits[1]) : 15,
      keeps: !answer.includes(`${side}_no_context_takeover`) };
  });
  return { server, client };
}

/** A stored block that is not the last (RFC 1951, section 3.2.4). */
function stored(bytes) {
  const body = Buffer.from(bytes);
  const head = Buffer.alloc(5);
  head.writeUInt16LE(body.length, 1);
  head.writeUInt16LE(~body.length & 0xffff, 3);
  return Buffer.concat([head, body]);
}

/** What ends a message of stored blocks: the header of the empty one that is left out. */
const STORED_END = Buffer.from([0x00]);

module.exports = { Context, agreementOf, stored, STORED_END };
