// Cases whose messages go compressed in both directions.
"use strict";

const { echoes } = require("./cases.cjs");
const { Context, agreementOf } = require("./deflate.cjs");
const { cut, fragments, frame, text, RSV1, TEXT, BINARY } = require("./frames.cjs");

const PLAIN = "permessage-deflate";
/** What the library does not compress, because it would not become shorter (deflater.h). */
const WORTHWHILE = 128;

const serverContext = (extension) => new Context(agreementOf(extension).server);

/** Whether the client may compress at all: zlib has no window of 8 bits for it. */
const mayCompress = (extension) => agreementOf(extension).client.bits > 8;

/** Each echo has to come compressed exactly where the library says that it does. */
const checkCompression = (extension) => ({ messages, compressed }) =>
  messages.flatMap(({ data }, i) => {
    const wanted = mayCompress(extension) && data.length >= WORTHWHILE;
    return compressed[i] === wanted ? [] : [`message ${i}: compressed is ${compressed[i]}`];
  });

/** One frame of a message whose compressed payload is `hex`. */
const compressed = (hex, opcode = TEXT, options = {}) =>
  frame(opcode, Buffer.from(hex, "hex"), { rsv: RSV1, ...options });

/** The frames of `payload`, compressed already, in fragments of `size` bytes. */
function compressedFrames({ binary, payload, size = Infinity }) {
  const pieces = payload.length > size ? cut(payload, size) : [payload];
  return fragments(binary ? BINARY : TEXT, pieces, { rsv: RSV1 });
}

/** Messages { binary, data, size }, each compressed and in fragments of `size` bytes. */
function compressedEchoes(what, messages, { extension = PLAIN, deflate = {} } = {}) {
  const context = serverContext(extension);
  const frames = messages.flatMap((message) =>
    compressedFrames({ ...message, payload: context.deflate(message.data, deflate) }));
  return echoesCompressed(what, [Buffer.concat(frames)],
    messages.map(({ binary, data }) => ({ binary, data })), extension);
}

/**
 * Until on_connect() has been asked, a client sends nothing compressed (docs/compression.md), and
 * when that is depends on its threads. So what is checked begins with the first that is.
 */
const probes = (extension) =>
  (mayCompress(extension) ? [{ probe: text(Buffer.alloc(WORTHWHILE, "probe ")) }] : []);

/** echoes() whose messages have to come back compressed where that is agreed on and worthwhile. */
const echoesCompressed = (what, frames, messages, extension) =>
  echoes(what, [...probes(extension), ...frames], messages,
    { extension, check: checkCompression(extension) });

module.exports = {
  PLAIN, serverContext, compressed, compressedFrames, compressedEchoes, echoesCompressed,
};
