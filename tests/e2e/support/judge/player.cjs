// Plays one case on one connection, and judges what the client does.
"use strict";

const { ClientFrames, faultsOf } = require("./client_frames.cjs");
const { Context } = require("./deflate.cjs");
const { CLOSE, PONG, TEXT } = require("./frames.cjs");

const PATIENCE_MS = 30000; // Far more than any case takes, sanitizers and a busy machine included.
const NO_CODE = 1005;

const utf8 = new TextDecoder("utf-8", { fatal: true });

class Player {
  /** `context`: how the client compresses, if it may. Calls `done(faults, seen)` once. */
  constructor(socket, theCase, context, done) {
    this.socket = socket;
    this.theCase = theCase;
    this.context = context && new Context(context);
    this.done = done;
    this.steps = theCase.steps.values();
    this.seen = { messages: [], pongs: [], compressed: [], keys: [], code: undefined };
    this.faults = [];
    this.frames = new ClientFrames((frame) => this.see(frame));
    this.watchdog = setTimeout(() => this.giveUp(), PATIENCE_MS);
    socket.on("data", (chunk) => {
      this.frames.push(chunk);
      this.play();
    });
    socket.on("end", () => socket.end());
    socket.on("error", () => {});
    socket.on("close", () => this.judge());
  }

  /** Goes on with the steps until one has to wait. */
  play() {
    while (!this.waitsFor || this.waitsFor(this.seen)) {
      const { value: step, done } = this.steps.next();
      if (done) return this.finish();
      this.take(step);
    }
    if (this.seen.code !== undefined) this.finish(); // What it waits for will never come.
  }

  take(step) {
    if (Buffer.isBuffer(step)) {
      this.waitsFor = undefined;
      return this.socket.write(step);
    }
    this.waitsFor = step.until;
    this.probe = step.probe;
    if (this.probe) {
      this.socket.write(this.probe);
      this.waitsFor = () => !this.probe;
    }
  }

  /** All is said; TCP is the server's to end (RFC 6455, section 7.1.1). */
  finish() {
    if (this.theCase.dropped) this.socket.destroy();
    else if (this.seen.code !== undefined) this.socket.end();
  }

  see(frame) {
    if (this.seen.code !== undefined) this.faults.push("a frame follows the close frame");
    this.faults.push(...faultsOf(frame, this.context !== undefined));
    this.seen.keys.push(frame.key);
    if (frame.opcode === CLOSE) this.seeClose(frame.payload);
    else if (frame.opcode === PONG) this.seen.pongs.push(frame.payload.toString("latin1"));
    else this.seeMessage(frame);
  }

  seeMessage({ opcode, rsv, payload }) {
    let data = payload;
    try {
      if (rsv !== 0 && this.context) data = this.context.inflate(payload);
      if (opcode === TEXT) utf8.decode(data);
    } catch (error) {
      this.faults.push(`a message of the client: ${error.message}`);
    }
    if (this.probe) {
      if (rsv === 0) return this.socket.write(this.probe);
      this.probe = undefined;
      return undefined;
    }
    this.seen.compressed.push(rsv !== 0);
    return this.seen.messages.push({ binary: opcode !== TEXT, data });
  }

  seeClose(payload) {
    this.seen.code = payload.length < 2 ? NO_CODE : payload.readUInt16BE(0);
    if (payload.length === 1) this.faults.push("a close frame of one byte");
    try {
      this.seen.reason = utf8.decode(payload.subarray(2));
    } catch {
      this.faults.push("the reason of the client is not UTF-8");
    }
  }

  giveUp() {
    this.faults.push(`no end within ${PATIENCE_MS / 1000} s`);
    this.socket.destroy();
  }

  judge() {
    clearTimeout(this.watchdog);
    const { expect, check } = this.theCase;
    const { messages, pongs, code } = this.seen;
    if (code !== expect.code) this.faults.push(`closed with ${code} instead of ${expect.code}`);
    if (JSON.stringify(pongs) !== JSON.stringify(expect.pongs.map(asLatin1))) {
      this.faults.push(`pongs: ${JSON.stringify(pongs)}`);
    }
    const isSame = messages.length === expect.messages.length && messages.every((message, i) =>
      message.binary === expect.messages[i].binary && message.data.equals(expect.messages[i].data));
    if (!isSame) this.faults.push(`messages of ${messages.map((m) => m.data.length)} bytes`);
    if (check) this.faults.push(...check(this.seen));
    this.done(this.faults, this.seen);
  }
}

const asLatin1 = (payload) => Buffer.from(payload).toString("latin1");

module.exports = { Player };
