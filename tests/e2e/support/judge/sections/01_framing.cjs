"use strict";

const { echoes, fails, inBinary, inEveryCut, inPieces } = require("../cases.cjs");
const { binary, close, frame, ping, text, TEXT, BINARY } = require("../frames.cjs");

const letters = (size) => Buffer.alloc(size, "*");
const SMALL = [0, 1, 124, 125, 126, 127, 128, 129];
const LARGE = [65534, 65535, 65536, 65537];

const textOf = (size) => echoes(`text of ${size} bytes`, [text(letters(size))], [letters(size)]);
const binaryOf = (size) =>
  echoes(`binary of ${size} bytes`, [binary(letters(size))], [inBinary(letters(size))]);
/** A large case in one write, and in pieces that fit no buffer. */
const inLargeCuts = (one) => [one, ...[997, 4096].map((size) =>
  ({ ...one, what: `${one.what}, ${size} bytes at a time`, steps: inPieces(one.steps, size) }))];

const longLength = (opcode, size, field) =>
  fails(`opcode ${opcode}, ${size} bytes, the length in ${field}`,
    [frame(opcode, letters(size), { field })], 1002);
const topBit = Buffer.from([0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 1]);

module.exports = {
  number: 1,
  title: "Framing",
  groups: [
    {
      sent: "texts of 0 to 129 bytes, around both ends of the one-byte length",
      expected: "come back", rule: "RFC 6455, 5.2",
      cases: SMALL.flatMap((size) => inEveryCut(textOf(size))),
    },
    {
      sent: "binary messages of the same sizes", expected: "come back", rule: "RFC 6455, 5.2",
      cases: SMALL.flatMap((size) => inEveryCut(binaryOf(size))),
    },
    {
      sent: "texts and binary messages around 65536 bytes, where the length takes eight",
      expected: "come back", rule: "RFC 6455, 5.2",
      cases: LARGE.flatMap((size) => [textOf(size), binaryOf(size)].flatMap(inLargeCuts)),
    },
    {
      sent: "a length in two or eight bytes that fits into fewer", expected: "1002",
      rule: "RFC 6455, 5.2: the minimal number of bytes must be used", deviation: "minimal",
      cases: [TEXT, BINARY].flatMap((opcode) => [
        ...[0, 1, 125].map((size) => longLength(opcode, size, 2)),
        ...[0, 125, 126, 65535].map((size) => longLength(opcode, size, 8)),
      ]),
    },
    {
      sent: "a length with its top bit set", expected: "1002", rule: "RFC 6455, 5.2",
      cases: inEveryCut(fails("2^63 + 1 bytes", [topBit], 1002)),
    },
    {
      sent: "a masked frame", expected: "1002", rule: "RFC 6455, 5.1",
      cases: [["text", text("x", { masked: true })], ["an empty text", text("", { masked: true })],
        ["a ping", ping("x", { masked: true })],
        ["a close", frame(8, close(1000).subarray(2), { masked: true })]]
        .flatMap(([what, bytes]) => inEveryCut(fails(`${what}, masked`, [bytes], 1002))),
    },
  ],
};
