// What a compressed message must not be: groups of section 13.
"use strict";

const { compressed, compressedFrames, PLAIN } = require("../compressed_cases.cjs");
const { echoes, fails, inBinary, inEveryCut, lazily, until } = require("../cases.cjs");
const { Context, stored } = require("../deflate.cjs");
const { binary, text, RSV1, TEXT, BINARY } = require("../frames.cjs");
const { noise } = require("../samples.cjs");

const MIB = 1 << 20;
const zeros = (size) => new Context().deflate(Buffer.alloc(size));
const refused = (what, frames, code, more = {}) =>
  fails(what, frames, code, { extension: PLAIN, ...more });

/**
 * Two equal messages, of which the second refers `size` bytes back into the first: when that has
 * come back, and in the same write.
 */
function refersBack(extension, size) {
  const far = noise(size, 9);
  const context = new Context();
  const [first, second] = [far, far].map((data) => binary(context.deflate(data), { rsv: RSV1 }));
  const more = { extension, messages: [inBinary(far)] };
  return [
    fails(`${size} bytes back, ${extension}`, [first, until.messages(1), second], 1007, more),
    fails(`${size} bytes back, in one write, ${extension}`, [Buffer.concat([first, second])], 1007,
      more),
  ];
}

const broken = [
  ["a block of the reserved type 3", "06"],
  ["a stored length that contradicts itself", "000500ffff"],
  ["too many length codes", "fcffffffffff"], ["a distance beyond the beginning", "f200110000"],
  ["text", "48656c6c6f20776f726c64"], ["the end of the message within a block", "f248cdc9"],
  ["the end within a stored block", "000500faff4865"],
];

module.exports = [
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
    cases: refersBack(`${PLAIN}; server_no_context_takeover`, 200),
  },
  {
    sent: "a reference into a message before, further back than the window that was agreed on",
    expected: "1007", rule: "RFC 7692, 7.1.2.1", deviation: "window",
    cases: [8, 9, 10, 11, 12, 13, 14].flatMap((bits) => // With 8 bits it is seen from 512 bytes on.
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
      lazily(`16 MiB, opcode ${opcode}`, () => echoes("16 MiB",
        compressedFrames({ binary: opcode === BINARY, payload: zeros(16 * MIB) }),
        [{ binary: opcode === BINARY, data: Buffer.alloc(16 * MIB) }], { extension: PLAIN })),
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
];
