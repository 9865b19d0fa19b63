// What a case is, and the few forms that nearly all cases have.
//
// A case is { what, steps, expect, … }. `steps` are buffers to be written, each by itself,
// conditions on what has come back to wait for, and probes, which are written again and again until
// they come back compressed. `expect` says what has come back in the end: messages, pongs, and the
// code of the client's close frame. Further members: `check` looks for more; `dropped` ends TCP
// after the steps; `extension` and `answer` are what upgrade.cjs answers, `headPieces` and
// `together` how that is sent.
"use strict";

const frames = require("./frames.cjs");

const { close, cut } = frames;

/** Conditions that a step may wait for. */
const until = {
  messages: (count) => ({ until: (seen) => seen.messages.length >= count }),
  pongs: (count) => ({ until: (seen) => seen.pongs.length >= count }),
  closed: { until: (seen) => seen.code !== undefined },
};

const asMessage = (message) =>
  (Buffer.isBuffer(message) || typeof message === "string"
    ? { binary: false, data: Buffer.from(message) } : message);
/** A binary message, where strings and buffers stand for text. */
const inBinary = (data) => ({ binary: true, data: Buffer.from(data) });

/** Sends `frames` and wants `messages` and `pongs` back as they were; then closes. */
function echoes(what, frames, messages, { pongs = [], ...more } = {}) {
  const isAnswered = [until.messages(messages.length), until.pongs(pongs.length)];
  const steps = [...frames, ...isAnswered, close(1000)];
  const expect = { messages: messages.map(asMessage), pongs, code: 1000 };
  return { what, steps, expect, ...more };
}

/** Sends `frames` and wants a close frame with `code`, after no more than `messages`. */
function fails(what, frames, code, { messages = [], pongs = [], ...more } = {}) {
  const expect = { messages: messages.map(asMessage), pongs, code };
  return { what, steps: [...frames, until.closed], expect, ...more };
}

/** Gives an answer that does not open the connection: the client ends TCP without any frame. */
function refuses(what, answer) {
  const check = ({ keys }) => (keys.length === 0 ? [] : [`${keys.length} frames`]);
  const expect = { messages: [], pongs: [], code: undefined };
  return { what, answer, steps: [frames.text("x")], expect, check };
}

/** The same case with its bytes in one write, a frame a write, and a byte a write. */
function inEveryCut(one) {
  const joined = [];
  for (const step of one.steps) {
    const before = joined[joined.length - 1];
    if (Buffer.isBuffer(step) && Buffer.isBuffer(before)) {
      joined[joined.length - 1] = Buffer.concat([before, step]);
    } else joined.push(step);
  }
  return [
    { ...one, what: `${one.what}, in one write`, steps: joined },
    { ...one, what: `${one.what}, frame by frame` },
    { ...one, what: `${one.what}, byte by byte`, steps: inPieces(one.steps, 1) },
  ];
}

/** `steps` with all that is written in pieces of `size` bytes. */
function inPieces(steps, size) {
  return steps.flatMap((step) => (Buffer.isBuffer(step) ? cut(step, size) : [step]));
}

/** A case that is made when it is played, because of its size. */
const lazily = (what, make) => ({ what, make });

module.exports = { until, inBinary, echoes, fails, refuses, inEveryCut, inPieces, lazily };
