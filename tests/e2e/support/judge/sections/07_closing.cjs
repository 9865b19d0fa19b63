"use strict";

const { fails, inBinary, inEveryCut, until } = require("../cases.cjs");
const { INVALID, CUT_SHORT, EURO } = require("../utf8_samples.cjs");
const { binary, close, frame, last, more, ping, text, CLOSE } = require("../frames.cjs");

const ALLOWED = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999,
  4000, 4999];
const FORBIDDEN = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65535];
const letters = (size) => Buffer.alloc(size, "*");
const withReason = (hex) =>
  frame(CLOSE, Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.from(hex, "hex")]));
const behind = [["text", text("late")], ["binary", binary("late")], ["a ping", ping("late")],
  ["a fragment", more("late")], ["another close", close(1001)], ["nonsense", letters(50)],
  ["a large text", text(letters(262144))]];

module.exports = {
  number: 7,
  title: "Closing",
  groups: [
    {
      sent: "a close frame with each code that is allowed, with and without a reason",
      expected: "the same code", rule: "RFC 6455, 5.5.1 and 7.4; the registry of IANA",
      deviation: "codes",
      cases: ALLOWED.flatMap((code) => [...inEveryCut(fails(`${code}`, [close(code)], code)),
        fails(`${code} and a reason`, [close(code, "bye")], code)]),
    },
    {
      sent: "a close frame without a code", expected: "one without a code", rule: "RFC 6455, 5.5.1",
      cases: inEveryCut(fails("an empty close", [frame(CLOSE)], 1005)),
    },
    {
      sent: "a close frame with a code that must not be sent", expected: "1002",
      rule: "RFC 6455, 7.4.1 and 7.4.2",
      cases: FORBIDDEN.flatMap((code) => [fails(`${code}`, [close(code)], 1002),
        fails(`${code} and a reason`, [close(code, "bye")], 1002)]),
    },
    {
      sent: "a close frame with half a code", expected: "1002", rule: "RFC 6455, 5.5.1",
      cases: inEveryCut(fails("one byte", [frame(CLOSE, "x")], 1002)),
    },
    {
      sent: "reasons of up to 123 bytes", expected: "the code that came with them",
      rule: "RFC 6455, 5.5", deviation: "no reason",
      cases: [letters(1), letters(122), letters(123), EURO, "é".repeat(61)].flatMap((reason) =>
        inEveryCut(fails(`${Buffer.byteLength(reason)} bytes`, [close(1000, reason)], 1000,
          { check: ({ reason }) => (reason === "" ? [] : [`a reason: ${reason}`]) }))),
    },
    {
      sent: "reasons that are longer", expected: "1002", rule: "RFC 6455, 5.5",
      cases: [124, 125, 65536].map((size) =>
        fails(`${size} bytes`, [close(1000, letters(size))], 1002)),
    },
    {
      sent: "reasons that are not UTF-8", expected: "1007", rule: "RFC 6455, 5.5.1 and 8.1",
      cases: [...INVALID, ...CUT_SHORT].map(([what, hex]) => fails(what, [withReason(hex)], 1007)),
    },
    {
      sent: "anything behind a close frame, in the same write and after the answer",
      expected: "the code, and nothing more", rule: "RFC 6455, 1.4 and 5.5.1",
      cases: behind.flatMap(([what, bytes]) => [
        fails(`${what}, at once`, [Buffer.concat([close(1000), bytes])], 1000),
        fails(`${what}, later`, [close(1000), until.closed, bytes], 1000),
      ]),
    },
    {
      sent: "a close frame within a message", expected: "the code, and no message",
      rule: "RFC 6455, 5.4 and 5.5.1",
      cases: inEveryCut(fails("between fragments",
        [text("a", { fin: false }), close(1000), last("b")], 1000)),
    },
    {
      sent: "messages, and a close frame in the same write", expected: "they come back first",
      rule: "RFC 6455, 1.4",
      cases: [
        fails("small ones", [Buffer.concat([text("x"), binary("y"), close(1000)])], 1000,
          { messages: ["x", inBinary("y")] }),
        fails("a large one", [Buffer.concat([text(letters(262144)), close(1001)])], 1001,
          { messages: [letters(262144)] }),
      ],
    },
    {
      sent: "the end of TCP right after the upgrade", expected: "no close frame",
      rule: "RFC 6455, 7.1.5: 1006 stands for it",
      cases: [{ what: "dropped", steps: [], dropped: true,
        expect: { messages: [], pongs: [], code: undefined } }],
    },
  ],
};
