"use strict";

const { echoes, fails, inEveryCut, until } = require("../cases.cjs");
const { VALID, INVALID, CUT_SHORT, DOOMED, EURO } = require("../utf8_samples.cjs");
const { fragments, text, frame, TEXT } = require("../frames.cjs");

const bytesOf = (hex) => Buffer.from(hex, "hex");
const letters = (size) => Buffer.alloc(size, "*");

/** `data` in two fragments, cut behind each byte. */
const inTwo = (data) => Array.from({ length: data.length + 1 }, (_, at) =>
  fragments(TEXT, [data.subarray(0, at), data.subarray(at)]));

/** A frame that says it is large, of which no more than `begin` has come. */
const beginning = (begin, options) =>
  frame(TEXT, begin, { length: begin.length + 200000, ...options });

/** The client has to fail when no more than the beginning is there; only then the rest is sent. */
function atOnce(what, begin, options) {
  return fails(what, [beginning(begin, options), until.closed, letters(200000)], 1007);
}

const AROUND = [0, 1, 100, 2040, 3000, 4090, 70000, 300000];

module.exports = {
  number: 6,
  title: "UTF-8",
  groups: [
    {
      sent: "the first and the last character of each length, those around surrogates,"
        + " noncharacters",
      expected: "come back", rule: "RFC 6455, 8.1; RFC 3629",
      cases: VALID.flatMap(([what, hex]) =>
        inEveryCut(echoes(what, [text(bytesOf(hex))], [bytesOf(hex)]))),
    },
    {
      sent: "text with characters of 1 to 4 bytes, in two fragments, cut behind each byte",
      expected: "comes back whole", rule: "RFC 6455, 5.6: a fragment may end within a character",
      cases: inTwo(EURO).map((frames, at) => echoes(`cut at ${at}`, frames, [EURO])),
    },
    {
      sent: "the same with one fragment for each byte", expected: "comes back whole",
      rule: "RFC 6455, 5.6",
      cases: inEveryCut(echoes("a byte a fragment",
        fragments(TEXT, [...EURO].map((byte) => Buffer.from([byte]))), [EURO])),
    },
    {
      sent: "characters across the ends of buffers: text of 3 to 70000 bytes before them",
      expected: "comes back", rule: "RFC 6455, 8.1",
      cases: AROUND.flatMap((size) => [0, 1, 2, 3].map((more) => {
        const data = Buffer.concat([letters(size + more), EURO, letters(size)]);
        return echoes(`${size + more} bytes before it`, [text(data)], [data]);
      })),
    },
    {
      sent: "bytes that begin no character, overlong forms, surrogates, above U+10FFFF, a wrong"
        + " byte within a character",
      expected: "1007", rule: "RFC 6455, 8.1; RFC 3629",
      cases: INVALID.flatMap(([what, hex]) => inEveryCut(fails(what, [text(bytesOf(hex))], 1007))),
    },
    {
      sent: "the same between good text, and in the second of two messages",
      expected: "1007; the good message before it comes back", rule: "RFC 6455, 8.1",
      cases: INVALID.flatMap(([what, hex]) => [
        fails(`${what}, in good text`,
          [text(Buffer.concat([EURO, bytesOf(hex), EURO]))], 1007),
        fails(`${what}, behind a good message`,
          [text(EURO), until.messages(1), text(bytesOf(hex))], 1007, { messages: [EURO] }),
      ]),
    },
    {
      sent: "text that ends within a character: at the end of the frame, of the last fragment, and"
        + " of an empty last fragment",
      expected: "1007", rule: "RFC 6455, 8.1",
      cases: CUT_SHORT.flatMap(([what, hex]) => {
        const data = bytesOf(hex);
        return [fails(what, [text(data)], 1007),
          fails(`${what}, in fragments`, fragments(TEXT, ["κ", data]), 1007),
          fails(`${what}, and an empty fragment`, fragments(TEXT, [data, ""]), 1007)];
      }),
    },
    {
      sent: "a wrong byte early in a frame of 200 kB and more, the rest only after the close frame",
      expected: "1007 at once", rule: "RFC 6455, 8.1", deviation: "fail fast",
      cases: AROUND.map((at) => atOnce(`behind ${at} bytes`,
        Buffer.concat([letters(at), Buffer.from([0xff])]))),
    },
    {
      sent: "the same in a fragment, and in a later one", expected: "1007 at once",
      rule: "RFC 6455, 8.1", deviation: "fail fast",
      cases: AROUND.flatMap((at) => {
        const begin = Buffer.concat([letters(at), Buffer.from([0xff])]);
        const later = frame(0, begin, { length: begin.length + 200000 });
        return [atOnce(`first fragment, behind ${at} bytes`, begin, { fin: false }),
          fails(`second fragment, behind ${at} bytes`,
            [text("good", { fin: false }), later, until.closed], 1007)];
      }),
    },
    {
      sent: "the beginning of a character that no byte can complete any more, and nothing after it",
      expected: "1007 at once", rule: "RFC 3629, 4", deviation: "fail fast",
      cases: DOOMED.flatMap(([what, hex]) => [
        atOnce(what, bytesOf(hex)),
        atOnce(`${what}, in a fragment`, bytesOf(hex), { fin: false }),
        fails(`${what}, in two fragments`, [text(bytesOf(hex).subarray(0, 1), { fin: false }),
          frame(0, bytesOf(hex).subarray(1), { length: 1000 }), until.closed], 1007),
      ]),
    },
  ],
};
