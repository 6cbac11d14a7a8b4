/** Logs one record through a handler that sends, and has nothing more to do; see end_test.ts. */

import {
  getLogger,
  HTTPHandler,
  SMTPHandler,
  SocketHandler,
  SysLogHandler,
} from "@paralog/paralog/logging";

const [kind = "", port = ""] = Deno.args;
const address = { hostname: "127.0.0.1", port: Number(port) };

function handlerOf(kind: string) {
  switch (kind) {
    case "udp":
      return new SysLogHandler({ address });
    case "tcp":
      return new SysLogHandler({ address, protocol: "tcp" });
    case "socket":
      return new SocketHandler(address.hostname, address.port);
    case "http":
      return new HTTPHandler(`http://${address.hostname}:${address.port}/`);
    default:
      return new SMTPHandler({
        mailhost: { host: address.hostname, port: address.port },
        fromaddr: "app@example.com",
        toaddrs: ["one@example.com"],
        subject: "x",
      });
  }
}

// Keeps nothing alive itself: it runs out only where something else does.
Deno.unrefTimer(setTimeout(() => {
  console.log("still alive");
  Deno.exit(9);
}, 15_000));
getLogger().addHandler(handlerOf(kind));
getLogger().error("hello");
