// What a compressed message may be made of: groups of section 13.
"use strict";

const { compressed, PLAIN } = require("../compressed_cases.cjs");
const { echoes, inBinary, inEveryCut, until } = require("../cases.cjs");
const { Context, stored, STORED_END } = require("../deflate.cjs");
const { binary, last, more, ping, text, RSV1, TEXT, BINARY } = require("../frames.cjs");
const { ticker, noise } = require("../samples.cjs");

const one = (what, frames, messages) => echoes(what, frames, messages, { extension: PLAIN });

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

module.exports = [
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
];
