/** Programs that log through a handler which sends, and end. */

import { assertEquals, assertMatch } from "@std/assert";
import { runDeno } from "../../support/run_deno.ts";
import { SmtpServer } from "../../support/smtp_server.ts";
import { TcpServer, unusedPort } from "../../support/tcp_server.ts";
import { UdpServer } from "../../support/udp_server.ts";

/** Somebody who listens. */
interface Listening extends AsyncDisposable {
  readonly port: number;
  /** What came, as one text. */
  got(): Promise<string> | string;
}

/** A stream cut into nothing: what comes is taken as it comes. */
async function* chunksOf(conn: Deno.Conn): AsyncGenerator<Uint8Array> {
  yield* conn.readable;
}

function listenTcp(): Listening {
  const server = new TcpServer({ split: chunksOf });
  return {
    port: server.port,
    got: async () => {
      await server.until(({ received }) => received.join("").includes("hello"));
      return server.received.join("");
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function listenUdp(): Promise<Listening> {
  const server = await UdpServer.start();
  return {
    port: server.address.port,
    got: async () => (await server.take(1)).join(""),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function listenHttp(): Listening {
  const bodies: string[] = [];
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, async (request) => {
    bodies.push(await request.text());
    return new Response();
  });
  return {
    port: server.addr.port,
    got: () => bodies.join(""),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function listenSmtp(): Listening {
  const server = new SmtpServer();
  return {
    port: server.port,
    got: () => server.mails.map(({ body }) => body).join(""),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const PEERS: Readonly<Record<string, () => Listening | Promise<Listening>>> = {
  udp: listenUdp,
  tcp: listenTcp,
  socket: listenTcp,
  http: listenHttp,
  smtp: listenSmtp,
};

function run(kind: string, port: number) {
  // Quiet: where the npm package is not there yet, Deno says that it sets it up.
  const program = "tests/programs/send_one.ts";
  return runDeno(["run", "--quiet", "--allow-all", program, kind, String(port)]);
}

for (const [kind, listen] of Object.entries(PEERS)) {
  Deno.test(`A program that logs over ${kind} delivers, and ends by itself`, async () => {
    await using peer = await listen();
    assertEquals(await run(kind, peer.port), { code: 0, stdout: "", stderr: "" });
    assertMatch(await peer.got(), /hello/);
  });

  Deno.test(`A program that logs over ${kind} to nobody ends by itself, and says so`, async () => {
    const { code, stdout, stderr } = await run(kind, unusedPort());
    assertEquals([code, stdout], [0, ""]);
    if (kind === "udp") assertEquals(stderr, ""); // UDP does not tell.
    else assertMatch(stderr, /1 record not delivered to .* when the program ended/);
  });
}
