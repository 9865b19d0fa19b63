"use strict";

const { fails, inEveryCut, until } = require("../cases.cjs");
const { frame, ping, text } = require("../frames.cjs");

const DATA = [3, 4, 5, 6, 7];
const CONTROL = [11, 12, 13, 14, 15];

const groupsOf = (name, opcodes) => [
  {
    sent: `each reserved ${name} opcode, with payload and without`, expected: "1002",
    rule: "RFC 6455, 5.2",
    cases: opcodes.flatMap((opcode) => ["", "payload"].flatMap((payload) =>
      inEveryCut(fails(`opcode ${opcode}, ${payload.length} bytes`, [frame(opcode, payload)],
        1002)))),
  },
  {
    sent: `each reserved ${name} opcode behind a good message, and a ping behind it`,
    expected: "the good message comes back, then 1002, and no pong",
    rule: "RFC 6455, 5.2 and 7.1.7",
    cases: opcodes.map((opcode) => fails(`good, then opcode ${opcode}`,
      [text("good"), until.messages(1), frame(opcode, "bad"), ping("late")], 1002,
      { messages: ["good"] })),
  },
  {
    sent: `each reserved ${name} opcode within a message`, expected: "1002",
    rule: "RFC 6455, 5.2",
    cases: opcodes.map((opcode) => fails(`a fragment, then opcode ${opcode}`,
      [text("a", { fin: false }), frame(opcode, "")], 1002)),
  },
];

module.exports = {
  number: 4,
  title: "Opcodes",
  groups: [...groupsOf("data", DATA), ...groupsOf("control", CONTROL)],
};
