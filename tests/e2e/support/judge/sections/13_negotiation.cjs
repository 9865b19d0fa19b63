"use strict";

const { compressedEchoes, compressedFrames, echoesCompressed, serverContext, PLAIN } =
  require("../compressed_cases.cjs");
const { echoes, fails, inBinary, inEveryCut, lazily, until } = require("../cases.cjs");
const { Context, stored, STORED_END } = require("../deflate.cjs");
const { binary, close, frame, last, more, ping, text, RSV1, TEXT, BINARY } =
  require("../frames.cjs");
const { ticker, noise, prose } = require("../samples.cjs");

const MIB = 1 << 20;
const EVERY_BITS = [undefined, 8, 9, 10, 11, 12, 13, 14, 15];
const NO_CONTEXT = ["; server_no_context_takeover", "; client_no_context_takeover"];
const CONTEXTS = ["", ...NO_CONTEXT, NO_CONTEXT.join("")];
const bitsOf = (side, bits) => (bits ? `; ${side}_max_window_bits=${bits}` : "");

/** Every answer that RFC 7692, section 7.1, lets a server give to our offer. */
const ANSWERS = CONTEXTS.flatMap((context) => EVERY_BITS.flatMap((server) =>
  EVERY_BITS.map((client) =>
    PLAIN + context + bitsOf("server", server) + bitsOf("client", client))));

/** Like messages, which make use of the context; longer than every window but the largest, too. */
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

const compressed = (hex, opcode = TEXT, options = {}) =>
  frame(opcode, Buffer.from(hex, "hex"), { rsv: RSV1, ...options });
const one = (what, frames, messages) => echoes(what, frames, messages, { extension: PLAIN });
const refused = (what, frames, code, more = {}) =>
  fails(what, frames, code, { extension: PLAIN, ...more });

/** RFC 7692, sections 7.2.3.1 to 7.2.3.6. */
const EXAMPLES = [
  one("one block", [compressed("f248cdc9c90700")], ["Hello"]),
  one("in two fragments", [compressed("f248cd", TEXT, { fin: false }),
    last(Buffer.from("c9c90700", "hex"))], ["Hello"]),
  one("a reference into the message before", [compressed("f248cdc9c90700"),
    compressed("f200110000")], ["Hello", "Hello"]),
  one("a stored block", [compressed("000500faff48656c6c6f00")], ["Hello"]),
  one("a final block", [compressed("f348cdc9c9070000")], ["Hello"]),
  one("two blocks in one message", [compressed("f24805000000ffffcac9c90700")],
    ["Hello"]),
  one("an empty message", [compressed("00")], [""]),
];

/** `parts`, each flushed by itself, in one message. */
function inBlocks(parts) {
  const context = new Context();
  const tail = Buffer.from([0, 0, 0xff, 0xff]);
  const payloads = parts.map((part) => context.deflate(part));
  return Buffer.concat(payloads.flatMap((bytes, i) => (i === 0 ? [bytes] : [tail, bytes])));
}

const blocks = Array.from({ length: 20 }, (_, i) => ticker(100 + i, i));
const storedBlocks = [noise(1, 1), Buffer.alloc(0), noise(65535, 2), noise(1000, 3)];
const zeros = (size) => new Context().deflate(Buffer.alloc(size));

/** A message whose second half refers `distance` bytes back, in a window of 8 bits. */
function refersBack(extension, size) {
  const far = noise(size, 9);
  const context = new Context();
  const first = context.deflate(far), second = context.deflate(far);
  return fails(`${size} bytes back, ${extension}`, [
    binary(first, { rsv: RSV1 }), until.messages(1), binary(second, { rsv: RSV1 })], 1007,
  { extension, messages: [inBinary(far)] });
}

const broken = [
  ["a block of the reserved type 3", "06"],
  ["a stored length that contradicts itself", "000500ffff"],
  ["too many length codes", "fcffffffffff"], ["a distance beyond the beginning", "f200110000"],
  ["text", "48656c6c6f20776f726c64"], ["the end of the message within a block", "f248cdc9"],
  ["the end within a stored block", "000500faff4865"],
];

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
    {
      sent: "the examples of the RFC", expected: "come back", rule: "RFC 7692, 7.2.3",
      cases: EXAMPLES.flatMap(inEveryCut),
    },
    {
      sent: "a message in 20 blocks; stored blocks of 0 to 65535 bytes; final blocks in the middle",
      expected: "comes back", rule: "RFC 7692, 7.2.3.3 to 7.2.3.5",
      cases: [
        one("20 blocks", [text(inBlocks(blocks), { rsv: RSV1 })], [Buffer.concat(blocks)]),
        one("stored blocks", [binary(Buffer.concat([...storedBlocks.map(stored), STORED_END]),
          { rsv: RSV1 })], [inBinary(Buffer.concat(storedBlocks))]),
        one("final blocks", [compressed("f348cdc9c90700f348cdc9c9070000")], ["HelloHello"]),
      ],
    },
    {
      sent: "empty messages: as an empty block, as a stored one, as no bytes at all",
      expected: "come back empty", rule: "RFC 7692, 7.2.3.6", deviation: "no bytes",
      cases: ["00", "0200", "010000ffff00", "0300", ""].flatMap((hex) =>
        [TEXT, BINARY].map((opcode) =>
          one(`${hex || "nothing"}, opcode ${opcode}`, [compressed(hex, opcode), text("next")],
            [opcode === TEXT ? "" : inBinary(""), "next"]))),
    },
    {
      sent: "empty fragments and pings within a compressed message", expected: "comes back whole",
      rule: "RFC 7692, 6; RFC 6455, 5.4",
      cases: inEveryCut(echoes("empty ones and pings", [compressed("", TEXT, { fin: false }),
        ping("p"), more(Buffer.from("f248cd", "hex")), more(""), ping("q"), until.pongs(2),
        more(Buffer.from("c9c90700", "hex")), last("")], ["Hello"],
      { extension: PLAIN, pongs: ["p", "q"] })),
    },
    {
      sent: "what is no DEFLATE data, alone and behind a good message", expected: "1007",
      rule: "RFC 7692, 7.2.2; RFC 6455, 7.4.1", deviation: "no deflate",
      cases: broken.flatMap(([what, hex]) => [
        ...inEveryCut(refused(what, [compressed(hex)], 1007)),
        ...(hex === "f200110000" ? [] : [refused(`${what}, behind a good one`,
          [compressed("f248cdc9c90700"), until.messages(1), compressed(hex)], 1007,
          { messages: ["Hello"] })]),
      ]),
    },
    {
      sent: "a reference into a message before, where the context is not kept",
      expected: "1007", rule: "RFC 7692, 7.1.1.1", deviation: "no deflate",
      cases: [refersBack(`${PLAIN}; server_no_context_takeover`, 200)],
    },
    {
      sent: "a reference into a message before, further back than the window that was agreed on",
      expected: "1007", rule: "RFC 7692, 7.1.2.1", deviation: "window",
      cases: [8, 9, 10, 11, 12, 13, 14].map((bits) => // With 8 bits it is seen from 512 bytes on.
        refersBack(`${PLAIN}; server_max_window_bits=${bits}`, (1 << Math.max(bits, 9)) + 1000)),
    },
    {
      sent: "compressed text that is not UTF-8, and the rest of it only after the close frame",
      expected: "1007 at once", rule: "RFC 6455, 8.1; RFC 7692, 6.2", deviation: "fail fast",
      cases: [
        refused("whole", [text(new Context().deflate(Buffer.from("a\xffb", "latin1")),
          { rsv: RSV1 })], 1007),
        refused("cut within a character", [text(new Context().deflate(Buffer.from([0xe2, 0x82])),
          { rsv: RSV1 })], 1007),
        refused("in a frame that is not there yet", [text(stored(Buffer.from("a\xff", "latin1")),
          { rsv: RSV1, length: 100000 }), until.closed, Buffer.alloc(100000)], 1007),
      ],
    },
    {
      sent: "zeros that expand to 16 MiB, and to one byte more", expected: "come back, and 1009",
      rule: "RFC 6455, 10.4; RFC 7692, 8", deviation: "16 MiB",
      cases: [TEXT, BINARY].flatMap((opcode) => [
        lazily(`16 MiB, opcode ${opcode}`, () => one("16 MiB",
          compressedFrames({ binary: opcode === BINARY, payload: zeros(16 * MIB) }),
          [{ binary: opcode === BINARY, data: Buffer.alloc(16 * MIB) }])),
        ...[Infinity, 100].map((size) => lazily(`a byte more, opcode ${opcode}, ${size}`, () =>
          refused("a byte more", compressedFrames({
            binary: opcode === BINARY, payload: zeros(16 * MIB + 1), size }), 1009))),
      ]),
    },
    {
      sent: "a bomb of 64 MiB, of which no more is sent before the close frame than 64 KiB",
      expected: "1009 at once", rule: "RFC 7692, 8", deviation: "16 MiB",
      cases: [lazily("64 MiB", () => refused("64 MiB", [binary(zeros(64 * MIB).subarray(0, 1 << 16),
        { rsv: RSV1, length: MIB }), until.closed], 1009))],
    },
  ],
};
