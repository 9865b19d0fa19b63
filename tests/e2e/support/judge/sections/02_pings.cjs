"use strict";

const { echoes, fails, inEveryCut, until } = require("../cases.cjs");
const { close, ping, pong, text } = require("../frames.cjs");

const letters = (size) => Buffer.alloc(size, "*");
const bytes = Buffer.from(Array.from({ length: 125 }, (_, i) => (i * 37 + 200) & 0xff));
const ten = Array.from({ length: 10 }, (_, i) => `ping ${i}`);
const answered = (what, payloads) => echoes(what, payloads.map((one) => ping(one)), [],
  { pongs: payloads });

/** Each ping waits for the pong to the one before it. */
function oneByOne(count) {
  const pongs = ten.slice(0, count);
  const steps = pongs.flatMap((payload, i) => [ping(payload), until.pongs(i + 1)]);
  return { what: "each after the pong before", steps: [...steps, close(1000)],
    expect: { messages: [], pongs, code: 1000 } };
}

module.exports = {
  number: 2,
  title: "Pings and pongs",
  groups: [
    {
      sent: "a ping of 0 to 125 bytes", expected: "a pong with the same bytes",
      rule: "RFC 6455, 5.5.3",
      cases: [0, 1, 5, 124, 125].flatMap((size) =>
        inEveryCut(answered(`${size} bytes`, [letters(size)]))),
    },
    {
      sent: "a ping of bytes that are no text", expected: "a pong with the same bytes",
      rule: "RFC 6455, 5.5.2", cases: inEveryCut(answered("125 bytes, all different", [bytes])),
    },
    {
      sent: "a ping or pong of 126 bytes and more", expected: "1002", rule: "RFC 6455, 5.5",
      cases: [["ping", ping], ["pong", pong]].flatMap(([what, make]) => [126, 127, 65536].map(
        (size) => fails(`a ${what} of ${size} bytes`, [make(letters(size))], 1002))),
    },
    {
      sent: "ten pings", expected: "ten pongs, in order", rule: "RFC 6455, 5.5.3",
      deviation: "flood", cases: [...inEveryCut(answered("ten pings", ten)), oneByOne(10)],
    },
    {
      sent: "pongs that nobody asked for", expected: "nothing; what follows is served",
      rule: "RFC 6455, 5.5.3",
      cases: [["an empty one", [pong("")]], ["one with a payload", [pong("unasked")]],
        ["one of 125 bytes", [pong(letters(125))]], ["ten", ten.map((one) => pong(one))]]
        .flatMap(([what, pongs]) => inEveryCut(
          echoes(`pongs: ${what}`, [...pongs, ping("asked"), text("x")], ["x"],
            { pongs: ["asked"] }))),
    },
  ],
};
