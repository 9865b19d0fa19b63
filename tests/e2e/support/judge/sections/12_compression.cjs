"use strict";

const zlib = require("zlib");
const { lazily } = require("../cases.cjs");
const { compressedEchoes } = require("../compressed_cases.cjs");
const { KINDS } = require("../samples.cjs");

const KIB = 1024;
const SIZES = [1, 16, 64, 127, 128, 256, KIB, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB,
  128 * KIB];
const STRATEGIES = ["Z_DEFAULT_STRATEGY", "Z_FILTERED", "Z_HUFFMAN_ONLY", "Z_RLE", "Z_FIXED"];

/** `count` messages of a kind, all different where the kind allows it. */
const several = ({ make, binary }, count, size, more = {}) => Array.from({ length: count },
  (_, i) => ({ binary, data: make(size, i + 1), ...more }));

/** Messages of a kind, in a case that compresses them when it is played. */
const compressed = (what, kind, count, size, { deflate, ...more } = {}) =>
  lazily(`${kind.name}, ${what}`, () =>
    compressedEchoes(what, several(kind, count, size, more), { deflate }));

module.exports = {
  number: 12,
  title: "Compression of messages of all sizes",
  groups: [
    {
      sent: "20 messages of one size, 1 byte to 128 KiB: JSON, text, noise, zeros",
      expected: "come back, compressed from 128 bytes on", rule: "RFC 7692, 7.2",
      deviation: "small ones",
      cases: KINDS.flatMap((kind) => SIZES.map((size) =>
        compressed(`${size} bytes`, kind, 20, size))),
    },
    {
      sent: "1000 messages in a row of each kind", expected: "come back, in order",
      rule: "RFC 7692, 7.2.3.2: with the context of those before",
      cases: KINDS.map((kind) => compressed("300 bytes", kind, 1000, 300)),
    },
    {
      sent: "messages of 128 KiB and 1 MiB", expected: "come back", rule: "RFC 7692, 7.2",
      cases: KINDS.flatMap((kind) => [128, 1024].map((size) =>
        compressed(`${size} KiB`, kind, 2, size * KIB))),
    },
    {
      sent: "messages in fragments of 1 byte to 64 KiB", expected: "come back whole",
      rule: "RFC 7692, 7.2.1 and 6: RSV1 on the first fragment only", deviation: "whole echoes",
      cases: KINDS.flatMap((kind) => [1, 7, 256, KIB, 64 * KIB].map((fragment) =>
        compressed(`fragments of ${fragment} bytes`, kind, 5, 20 * KIB, { size: fragment }))),
    },
    {
      sent: "messages of each level of zlib", expected: "come back", rule: "RFC 7692, 7.2.1",
      cases: KINDS.flatMap((kind) => [0, 1, 6, 9].map((level) =>
        compressed(`level ${level}`, kind, 5, 5000, { deflate: { level } }))),
    },
    {
      sent: "messages of each strategy of zlib, and with the least memory",
      expected: "come back", rule: "RFC 7692, 7.2.1",
      cases: STRATEGIES.flatMap((name) => KINDS.slice(0, 2).map((kind) =>
        compressed(name, kind, 5, 5000,
          { deflate: { strategy: zlib.constants[name], memLevel: 1 } }))),
    },
  ],
};
