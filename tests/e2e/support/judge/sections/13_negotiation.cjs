"use strict";

const { compressedEchoes, echoesCompressed, serverContext, PLAIN } =
  require("../compressed_cases.cjs");
const { echoes, lazily } = require("../cases.cjs");
const { frame, text, RSV1, TEXT, BINARY } = require("../frames.cjs");
const { ticker, noise, prose } = require("../samples.cjs");

const EVERY_BITS = [undefined, 8, 9, 10, 11, 12, 13, 14, 15];
const NO_CONTEXT = ["; server_no_context_takeover", "; client_no_context_takeover"];
const CONTEXTS = ["", ...NO_CONTEXT, NO_CONTEXT.join("")];
const bitsOf = (side, bits) => (bits ? `; ${side}_max_window_bits=${bits}` : "");

/** Every answer that RFC 7692, section 7.1, lets a server give to our offer. */
const ANSWERS = CONTEXTS.flatMap((context) => EVERY_BITS.flatMap((server) =>
  EVERY_BITS.map((client) =>
    PLAIN + context + bitsOf("server", server) + bitsOf("client", client))));

/** Pairs that make use of the context; the longest is longer than all windows but the largest. */
const CONVERSATION = [
  { binary: false, data: ticker(300, 1) }, { binary: false, data: ticker(300, 1) },
  { binary: false, data: Buffer.from("short") }, { binary: false, data: Buffer.alloc(0) },
  { binary: true, data: noise(2000, 2) }, { binary: true, data: noise(2000, 2) },
  { binary: false, data: prose(700, 3), size: 50 }, { binary: false, data: ticker(20000, 4) },
  { binary: false, data: ticker(20000, 4), size: 999 },
];

/** Messages that are not compressed leave the context as it is (RFC 7692, section 6.1). */
function byTurns(extension) {
  const context = serverContext(extension);
  const messages = Array.from({ length: 12 }, (_, i) => ticker(200, 1 + (i >> 2)));
  const frames = messages.map((data, i) =>
    (i % 2 === 0 ? text(data) : text(context.deflate(data), { rsv: RSV1 })));
  return echoesCompressed(extension, frames, messages, extension);
}

module.exports = {
  number: 13,
  title: "Negotiation and anatomy of compression",
  groups: [
    {
      sent: "every answer to our offer: with and without server_no_context_takeover and"
        + " client_no_context_takeover, each with server_max_window_bits and client_max_window_bits"
        + " absent and 8 to 15; a conversation that makes use of the context",
      expected: "comes back, compressed within the agreed window and context; not compressed where"
        + " the client is left 8 bits",
      rule: "RFC 7692, 7.1", deviation: "8 bits",
      cases: ANSWERS.map((extension) => lazily(extension, () =>
        compressedEchoes(extension, CONVERSATION, { extension }))),
    },
    {
      sent: "compressed messages and others by turns, with each kind of context",
      expected: "come back, in order", rule: "RFC 7692, 6.1",
      cases: CONTEXTS.map((context) => byTurns(PLAIN + context)),
    },
    {
      sent: "the server declines: the same without compression", expected: "comes back",
      rule: "RFC 7692, 5", cases: [echoes("declined",
        CONVERSATION.map((m) => frame(m.binary ? BINARY : TEXT, m.data)), CONVERSATION)],
    },
    ...require("./13_anatomy.cjs"),
    ...require("./13_faults.cjs"),
  ],
};
