// The upgrade by hand, so that a case chooses what is answered (RFC 6455, section 4.2).
"use strict";

const { createHash } = require("crypto");

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const HEAD_MAX = 16384;

function parseHead(head) {
  const [first, ...lines] = head.split("\r\n");
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { target: first.split(" ")[1], headers };
}

function answer(headers, extension) {
  const key = headers.get("sec-websocket-key");
  const accept = createHash("sha1").update(key + GUID).digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`];
  if (extension) lines.push(`Sec-WebSocket-Extensions: ${extension}`);
  return lines.join("\r\n") + "\r\n\r\n";
}

/** Calls `onRequest({ target, headers, accept })` when the head is here; `accept(extension)`. */
function awaitUpgrade(socket, onRequest) {
  let head = "";
  const onData = (chunk) => {
    head += chunk.toString("latin1");
    if (head.length > HEAD_MAX) return socket.destroy();
    if (!head.includes("\r\n\r\n")) return;
    socket.off("data", onData);
    const { target, headers } = parseHead(head);
    if (!headers.has("sec-websocket-key")) return socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    const accept = (extension) => socket.write(answer(headers, extension));
    onRequest({ target, headers, accept });
  };
  socket.on("data", onData);
  socket.on("error", () => {});
}

module.exports = { awaitUpgrade };
