"use strict";

const { echoes, fails, inBinary, inEveryCut, until } = require("../cases.cjs");
const { close, fragments, frame, last, more, ping, pong, text, binary,
  TEXT, BINARY, CLOSE, PING, PONG } = require("../frames.cjs");

const begin = (payload) => text(payload, { fin: false });
const letters = (size) => Buffer.alloc(size, "*");
const kinds = [[TEXT, "text", (data) => data], [BINARY, "binary", inBinary]];

/** A ping within a message has to be answered before the message has ended. */
function answeredWithin(what, before, pongs, after, message) {
  const steps = [...before, until.pongs(pongs.length), ...after, until.messages(1), close(1000)];
  return { what, steps, expect: { messages: [{ binary: false, data: Buffer.from(message) }], pongs,
    code: 1000 } };
}

const inTurns = ["p0", "p1", "p2", "p3", "p4"];
const withPings = [begin("f"), ...inTurns.flatMap((one) => [more("g"), ping(one)]), last("h")];
const withPongs = [begin("f"), ...inTurns.flatMap((one) => [more("g"), pong(one)]), last("h")];

module.exports = {
  number: 5,
  title: "Fragmentation",
  groups: [
    {
      sent: "a ping, a pong or a close in fragments", expected: "1002, and no pong",
      rule: "RFC 6455, 5.5",
      cases: [[PING, "ping"], [PONG, "pong"], [CLOSE, "close"]].flatMap(([opcode, what]) =>
        inEveryCut(fails(`a ${what} in two`,
          [frame(opcode, "fr", { fin: false }), last("ag")], 1002))),
    },
    {
      sent: "a message in 2, 3 and 50 fragments", expected: "comes back whole",
      rule: "RFC 6455, 5.4", deviation: "whole echoes",
      cases: kinds.flatMap(([opcode, name, as]) => [2, 3, 50].flatMap((count) =>
        inEveryCut(echoes(`${name} in ${count}`,
          fragments(opcode, Array.from({ length: count }, (_, i) => `piece ${i} `)),
          [as(Array.from({ length: count }, (_, i) => `piece ${i} `).join(""))])))),
    },
    {
      sent: "empty fragments: all of them, the first, the middle, the last",
      expected: "comes back whole", rule: "RFC 6455, 5.4",
      cases: [["", "", ""], ["", "middle", ""], ["", "", "last"], ["first", "", ""],
        ["first", "", "last"]].flatMap((pieces) =>
        inEveryCut(echoes(JSON.stringify(pieces), fragments(TEXT, pieces), [pieces.join("")]))),
    },
    {
      sent: "a message in fragments that are as large as the length can say in 1, 2 and 8 bytes",
      expected: "comes back whole", rule: "RFC 6455, 5.2 and 5.4",
      cases: kinds.map(([opcode, name, as]) => {
        const pieces = [125, 126, 65535, 65536, 1].map(letters);
        return echoes(name, fragments(opcode, pieces), [as(Buffer.concat(pieces))]);
      }),
    },
    {
      sent: "a ping between fragments, the rest only after its pong",
      expected: "the pong at once, and the message whole", rule: "RFC 6455, 5.4 and 5.5.2",
      cases: inEveryCut(answeredWithin("a ping within", [begin("ab"), ping("hello")], ["hello"],
        [last("cd")], "abcd")),
    },
    {
      sent: "pings and pongs between many fragments", expected: "a pong for each ping, in order",
      rule: "RFC 6455, 5.4",
      cases: [...inEveryCut(echoes("pings", withPings, ["fgggggh"], { pongs: inTurns })),
        ...inEveryCut(echoes("pongs", withPongs, ["fgggggh"]))],
    },
    {
      sent: "a continuation where no message has begun, final and not, empty and not",
      expected: "1002", rule: "RFC 6455, 5.4",
      cases: [last("x"), more("x"), last(""), more("")].flatMap((one, i) =>
        inEveryCut(fails(`continuation ${i}`, [one, text("late")], 1002))),
    },
    {
      sent: "a continuation behind a whole message", expected: "the message comes back, then 1002",
      rule: "RFC 6455, 5.4",
      cases: [...[last("x"), more("x")].map((one) => fails("behind one frame",
        [text("whole"), until.messages(1), one], 1002, { messages: ["whole"] })),
      fails("behind fragments", [begin("wh"), last("ole"), until.messages(1), last("x")], 1002,
        { messages: ["whole"] })],
    },
    {
      sent: "a message that begins within another", expected: "1002", rule: "RFC 6455, 5.4",
      cases: [["text", text("b")], ["the same in fragments", begin("b")], ["binary", binary("b")]]
        .flatMap(([what, one]) => inEveryCut(
          fails(`${what} within text`, [begin("a"), one], 1002))),
    },
    {
      sent: "messages in fragments and whole ones by turns", expected: "all come back, in order",
      rule: "RFC 6455, 5.4",
      cases: inEveryCut(echoes("by turns",
        [text("1"), ...fragments(TEXT, ["2", "3"]), binary("4"),
          ...fragments(BINARY, ["5", "", "6"]), ping("p"), text("7")],
        ["1", "23", inBinary("4"), inBinary("56"), "7"], { pongs: ["p"] })),
    },
  ],
};
