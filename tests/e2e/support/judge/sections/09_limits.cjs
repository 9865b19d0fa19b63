"use strict";

const { echoes, fails, inBinary, inPieces, lazily } = require("../cases.cjs");
const { binary, cut, fragments, frame, last, text, TEXT, BINARY, CONTINUATION } =
  require("../frames.cjs");

const KIB = 1024, MIB = 1024 * KIB;
const LIMIT = 16 * MIB;
const kinds = [[TEXT, "text", text, (data) => data], [BINARY, "binary", binary, inBinary]];
/** Bytes in which a piece that is lost, repeated or moved shows; each is ASCII. */
const varied = (() => {
  const bytes = Buffer.alloc(LIMIT);
  for (let i = 0; i < LIMIT; i += 4) {
    bytes.writeUInt32LE(Math.imul(i + 1, 2654435761) & 0x7f7f7f7f, i);
  }
  return (size) => bytes.subarray(0, size);
})();

const SIZES = [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, LIMIT];
const FRAGMENTS = [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB];
const CHOPS = [64, 128, 256, 512, KIB, 2 * KIB];
const inKib = (size) => (size < KIB ? `${size} bytes` : `${size / KIB} KiB`);

const whole = ([, name, make, as], size) => lazily(`${name} of ${inKib(size)}`, () =>
  echoes("whole", [make(varied(size))], [as(varied(size))]));
const inFragments = ([opcode, name, , as], total, size) =>
  lazily(`${name} in fragments of ${inKib(size)}`, () => echoes("in fragments",
    [Buffer.concat(fragments(opcode, cut(varied(total), size)))], [as(varied(total))]));
/** The same case, written `size` bytes at a time. */
const chopped = ({ what, make }, size) => lazily(`${what}, ${size} bytes at a time`, () => {
  const one = make();
  return { ...one, steps: inPieces(one.steps, size) };
});

/** `count` messages of `size` bytes, all in flight at once and all different. */
const many = ([, name, make, as], count, size) =>
  lazily(`${count} of ${name}, ${size} bytes each`, () => {
    const messages = Array.from({ length: count }, (_, i) => varied(size + i).subarray(i));
    return echoes("many", [Buffer.concat(messages.map((data) => make(data)))], messages.map(as));
  });

/** The header of a message that is too large, and none of its payload. */
const announced = (what, frames) => fails(what, frames, 1009);
const header = (opcode, length, options) => frame(opcode, "", { length, ...options });

module.exports = {
  number: 9,
  title: "Limits and load",
  groups: [
    {
      sent: "messages of 64 KiB to 16 MiB in one frame", expected: "come back",
      rule: "RFC 6455, 5.2",
      cases: kinds.flatMap((kind) => SIZES.map((size) => whole(kind, size))),
    },
    {
      sent: "4 MiB in fragments of 64 bytes to 4 MiB", expected: "comes back whole",
      rule: "RFC 6455, 5.4",
      cases: kinds.flatMap((kind) => FRAGMENTS.map((size) => inFragments(kind, 4 * MIB, size))),
    },
    {
      sent: "16 MiB in fragments of 1 MiB, in writes of 1000003 bytes",
      expected: "comes back whole", rule: "RFC 6455, 5.4",
      cases: kinds.map((kind) => chopped(inFragments(kind, LIMIT, MIB), 1000003)),
    },
    {
      sent: "1 MiB in writes of 64 bytes to 2 KiB", expected: "comes back", rule: "RFC 6455, 5.2",
      cases: kinds.flatMap((kind) => CHOPS.map((size) => chopped(whole(kind, MIB), size))),
    },
    {
      sent: "1000 messages at once of 0 bytes to 16 KiB, and 20000 of 64 bytes",
      expected: "all come back, in order", rule: "RFC 6455, 5.4",
      cases: kinds.flatMap((kind) => [
        ...[0, 16, 64, 256, KIB, 4 * KIB, 16 * KIB].map((size) => many(kind, 1000, size)),
        many(kind, 20000, 64)]),
    },
    {
      sent: "the header of a message over 16 MiB, and none of its payload",
      expected: "1009 at once", rule: "RFC 6455, 10.4 and 7.4.1", deviation: "16 MiB",
      cases: kinds.flatMap(([opcode, name]) => [LIMIT + 1, 2 ** 32, 2 ** 53].map((size) =>
        announced(`${name} of ${size} bytes`, [header(opcode, size)]))),
    },
    {
      sent: "fragments that come to one byte over 16 MiB together", expected: "1009 at once",
      rule: "RFC 6455, 10.4", deviation: "16 MiB",
      cases: kinds.flatMap(([opcode, name]) => [
        announced(`${name}, the second frame`, [frame(opcode, varied(MIB), { fin: false }),
          header(CONTINUATION, LIMIT - MIB + 1)]),
        lazily(`${name}, the last of 17`, () => announced("the last of 17",
          [...Array.from({ length: 16 }, (_, i) =>
            frame(i === 0 ? opcode : CONTINUATION, varied(MIB), { fin: false })), last("x")])),
      ]),
    },
  ],
};
