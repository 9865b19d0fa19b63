// The judge: /getCaseCount, /runCase, /updateReports, as fuzzing servers have them.
//
// Verdicts go to stdout as JSON lines: {"case":1,"id":"1.1.1",…,"passed":true,"faults":[]}.
"use strict";

const net = require("net");
const { allCases } = require("./all.cjs");
const { close, text } = require("./frames.cjs");
const { Player } = require("./player.cjs");
const { awaitUpgrade } = require("./upgrade.cjs");

const cases = allCases();
const say = (line) => console.log(JSON.stringify(line));
/** Cases without a verdict yet, and what waits for the last of them. */
let running = 0;
const waiting = [];

/** How the client compresses under `extension`: absent parameters leave the default. */
function clientContext(extension) {
  if (!extension) return undefined;
  const bits = /client_max_window_bits=(\d+)/.exec(extension);
  const keeps = !extension.includes("client_no_context_takeover");
  return { bits: bits ? Number(bits[1]) : 15, keeps };
}

function runCase(socket, accept, number, agent) {
  const { id, what, make } = cases[number - 1];
  const theCase = make ? make() : cases[number - 1];
  const player = new Player(socket, theCase, clientContext(theCase.extension), (faults, seen) => {
    const { code, messages, pongs } = seen;
    running -= 1;
    say({ case: number, id, agent, what, passed: faults.length === 0, faults,
      seen: { code, messages: messages.length, pongs: pongs.length } });
    if (running === 0) waiting.splice(0).forEach((report) => report());
  });
  running += 1;
  accept(theCase.extension);
  player.play();
}

/** The client may be done with a case before its verdict is. */
function report(tell) {
  if (running === 0) tell();
  else waiting.push(tell);
}

/** Says something, closes, and lets the client have its say. */
function tellAndClose(socket, accept, frames) {
  accept();
  socket.on("end", () => socket.end());
  socket.write(Buffer.concat([...frames, close(1000)]));
  socket.once("data", () => socket.end());
}

const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  awaitUpgrade(socket, ({ target, accept }) => {
    const url = new URL(target, "ws://judge");
    const agent = url.searchParams.get("agent");
    switch (url.pathname) {
      case "/getCaseCount":
        return tellAndClose(socket, accept, [text(String(cases.length))]);
      case "/runCase":
        return runCase(socket, accept, Number(url.searchParams.get("case")), agent);
      case "/updateReports":
        return report(() => {
          say({ event: "reports", agent });
          tellAndClose(socket, accept, []);
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
