// The judge: /getCaseCount, /runCase, /updateReports, as fuzzing servers have them.
//
// Verdicts go to stdout as JSON lines: {"case":1,"id":"1.1.1",…,"passed":true,"faults":[]}.
"use strict";

const net = require("net");
const { allCases } = require("./all.cjs");
const { agreementOf } = require("./deflate.cjs");
const { close, cut, text } = require("./frames.cjs");
const { Player } = require("./player.cjs");
const { awaitUpgrade, headFor } = require("./upgrade.cjs");

const cases = allCases();
const say = (line) => console.log(JSON.stringify(line));
/** Cases without a verdict yet, and what waits for the last of them. */
let running = 0;
const waiting = [];

function runCase(socket, { key, faults }, number, agent) {
  const { id, what, make } = cases[number - 1];
  const theCase = make ? make() : cases[number - 1];
  const agreement = theCase.extension && agreementOf(theCase.extension);
  const player = new Player(socket, theCase, agreement?.client, (found, seen) => {
    const { code, messages, pongs } = seen;
    const all = [...faults, ...found];
    say({ case: number, id, agent, what, passed: all.length === 0, faults: all,
      seen: { code, messages: messages.length, pongs: pongs.length } });
    running -= 1;
    if (running === 0) waiting.splice(0).forEach((tell) => tell());
  });
  running += 1;
  const head = headFor(key, theCase);
  if (theCase.together) socket.cork(); // One write for the answer and what follows it.
  for (const piece of cut(head, theCase.headPieces ?? head.length)) socket.write(piece);
  player.play();
  if (theCase.together) socket.uncork();
}

/** The client may be done with a case before its verdict is. */
function afterVerdicts(tell) {
  if (running === 0) tell();
  else waiting.push(tell);
}

/** Says something, closes, and lets the client have its say. */
function tellAndClose(socket, { key }, frames) {
  socket.on("end", () => socket.end());
  socket.write(Buffer.concat([headFor(key, {}), ...frames, close(1000)]));
  socket.once("data", () => socket.end());
}

const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  awaitUpgrade(socket, (request) => {
    const url = new URL(request.target, "ws://judge");
    const agent = url.searchParams.get("agent");
    switch (url.pathname) {
      case "/getCaseCount":
        return tellAndClose(socket, request, [text(String(cases.length))]);
      case "/runCase":
        return runCase(socket, request, Number(url.searchParams.get("case")), agent);
      case "/updateReports":
        return afterVerdicts(() => {
          say({ event: "reports", agent });
          tellAndClose(socket, request, []);
        });
      default:
        return socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
    }
  });
});
server.listen(0, "127.0.0.1", () =>
  say({ event: "listening", port: server.address().port, cases: cases.length }));

// So that it cannot outlive the test that started it.
process.stdin.resume();
process.stdin.on("close", () => process.exit(0));
