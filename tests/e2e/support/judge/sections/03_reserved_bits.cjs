"use strict";

const { fails, inEveryCut, until } = require("../cases.cjs");
const { frame, more, ping, text, RSV1, CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG } =
  require("../frames.cjs");

const ALL = [1, 2, 3, 4, 5, 6, 7];
const PARTLY = ALL.filter((rsv) => rsv !== RSV1);
const NAMES = [[TEXT, "text"], [BINARY, "binary"],
  [CLOSE, "close"], [PING, "ping"], [PONG, "pong"]];
const payloadOf = (opcode) => (opcode === CLOSE ? Buffer.from([0x03, 0xe8]) : Buffer.from("hello"));

const one = ([opcode, name], rsv, extension) =>
  fails(`${name} with the bits ${rsv}`, [frame(opcode, payloadOf(opcode), { rsv })], 1002,
    { extension });

module.exports = {
  number: 3,
  title: "Reserved bits",
  groups: [
    {
      sent: "each of the seven combinations, on each opcode, where nothing was agreed on",
      expected: "1002", rule: "RFC 6455, 5.2",
      cases: NAMES.flatMap((name) => ALL.flatMap((rsv) => inEveryCut(one(name, rsv)))),
    },
    {
      sent: "each combination on a frame without payload", expected: "1002", rule: "RFC 6455, 5.2",
      cases: [TEXT, BINARY, PING].flatMap((opcode) => ALL.map((rsv) =>
        fails(`opcode ${opcode} with ${rsv}, empty`, [frame(opcode, "", { rsv })], 1002))),
    },
    {
      sent: "each combination on a continuation", expected: "1002", rule: "RFC 6455, 5.2",
      cases: ALL.map((rsv) => fails(`a continuation with ${rsv}`,
        [text("a", { fin: false }), frame(CONTINUATION, "b", { rsv })], 1002)),
    },
    {
      sent: "each combination between good messages, and a ping behind it",
      expected: "the good message before it comes back, then 1002, and no pong",
      rule: "RFC 6455, 5.2 and 7.1.7",
      cases: ALL.map((rsv) => fails(`good, then bits ${rsv}`,
        [text("good"), until.messages(1), text("bad", { rsv }), text("late"), ping("late")], 1002,
        { messages: ["good"] })),
    },
    {
      sent: "with compression agreed on: each combination but RSV1 alone", expected: "1002",
      rule: "RFC 7692, 6: RSV2 and RSV3 stay reserved",
      cases: NAMES.flatMap((name) => PARTLY.map((rsv) => one(name, rsv, "permessage-deflate"))),
    },
    {
      sent: "with compression agreed on: RSV1 on a ping, a pong, a close or a continuation",
      expected: "1002", rule: "RFC 7692, 6: only the first frame of a message has it",
      cases: [
        ...NAMES.slice(2).flatMap((name) => inEveryCut(one(name, RSV1, "permessage-deflate"))),
        ...[[TEXT, 0], [TEXT, RSV1], [BINARY, RSV1]].map(([opcode, rsv]) =>
          fails(`a continuation with RSV1, of opcode ${opcode} with ${rsv}`,
            [frame(opcode, "", { rsv, fin: false }), more(""),
              frame(CONTINUATION, Buffer.from([0]), { rsv: RSV1 })], 1002,
            { extension: "permessage-deflate" })),
      ],
    },
  ],
};
