/** The recipes that talk over the network, also with Python's own scripts. */

import { assertEquals, assertMatch } from "@std/assert";
import { COOKBOOK, masked, runPython, runRecipe, startRecipe } from "../support/recipe.ts";
import { linesOf } from "../support/run_deno.ts";

const SEND_CONFIG = new URL("send_config.py", COOKBOOK).pathname;

const PORT = /^Listening on port (\d+)$/;

/** Has Python's client send a configuration. */
async function sendConfig(file: string, port: string): Promise<void> {
  const { code, stdout, stderr } = await runPython([SEND_CONFIG, file, port]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(linesOf(stdout), ["connecting...", "sending config...", "complete"]);
}

Deno.test("config_server.ts takes configurations from Python's client, INI and JSON", async () => {
  await using server = startRecipe("config_server", "0", "0.02");
  const port = await server.find(PORT);
  await server.until(({ stdout }) => stdout.length > 5);
  assertEquals(server.stdout.slice(1, 6).map((line) => masked(line)), [
    "TIME - simpleExample - DEBUG - debug message",
    "TIME - simpleExample - INFO - info message",
    "TIME - simpleExample - WARN - warn message",
    "TIME - simpleExample - ERROR - error message",
    "TIME - simpleExample - CRITICAL - critical message",
  ]);

  const conf = await Deno.makeTempFile({ suffix: ".conf" });
  const text = await Deno.readTextFile(new URL("logging.conf", COOKBOOK));
  await Deno.writeTextFile(
    conf,
    text.replace("level=DEBUG\nformatter", "level=WARNING\nformatter").replace(
      "%(asctime)s",
      "new",
    ),
  );
  await sendConfig(conf, port);
  await server.find(/^(new) .* critical message$/);
  assertEquals(
    new Set(server.stdout.filter((line) => line.startsWith("new"))),
    new Set([
      "new - simpleExample - WARN - warn message",
      "new - simpleExample - ERROR - error message",
      "new - simpleExample - CRITICAL - critical message",
    ]),
  );
  await Deno.remove(conf);

  await sendConfig(new URL("logging.json", COOKBOOK).pathname, port);
  await server.find(/^(CRITICAL): critical message$/);
  assertEquals(await server.interrupt(), 0);
  const start = server.stdout.indexOf("ERROR: error message");
  assertEquals(
    new Set(server.stdout.slice(start)),
    new Set(["ERROR: error message", "CRITICAL: critical message"]),
  );
  assertEquals(server.stderr, []);
});

/** What the server prints of either client, after the time. */
const RECEIVED = [
  " root            INFO     Jackdaws love my big sphinx of quartz.",
  " myapp.area1     DEBUG    Quick zephyrs blow, vexing daft Jim.",
  " myapp.area1     INFO     How quickly daft jumping zebras vex.",
  " myapp.area2     WARN     Jail zesty vixen who grabbed pay from quack.",
  " myapp.area2     ERROR    The five boxing wizards jump quickly.",
];

/** Runs a script with another port than the one that Python takes by default. */
const WITH_PORT = "import logging.handlers as handlers, runpy, sys\n" +
  "handlers.DEFAULT_TCP_LOGGING_PORT = int(sys.argv[2])\n" +
  "runpy.run_path(sys.argv[1])";

Deno.test("socket_server.ts prints what socket_client.ts and Python's own script send", async () => {
  await using server = startRecipe("socket_server", "0");
  const port = await server.find(PORT);
  assertEquals(server.stdout[0], "About to start TCP server...");
  const silent = { code: 0, stdout: "", stderr: "" };

  assertEquals(await runRecipe("socket_client", port), silent);
  await server.until(({ stderr }) => stderr.length >= 5);
  const script = new URL("socket_client.py", COOKBOOK).pathname;
  assertEquals(await runPython(["-c", WITH_PORT, script, port]), silent);
  await server.until(({ stderr }) => stderr.length >= 10);

  assertEquals(await server.interrupt(), 0);
  for (const line of server.stderr) assertMatch(line, /^(?:\d{5,}| *\d+(?<=^.{5})) /);
  assertEquals(server.stderr.map((line) => line.replace(/^ *\d+/, "")), [...RECEIVED, ...RECEIVED]);
});

for (const form of ["own", "given"]) {
  Deno.test(`zeromq_listener.ts prints what zeromq_handler.ts publishes (${form} socket)`, async () => {
    await using publisher = startRecipe("zeromq_handler", "tcp://127.0.0.1:*", form);
    const uri = await publisher.find(/^Publishing on (\S+)$/);
    await using listener = startRecipe("zeromq_listener", uri);
    await listener.until(({ stdout }) => stdout.length >= 4);
    assertEquals(await publisher.end(), 0);
    assertEquals(await listener.interrupt(), 0);
    assertEquals(listener.stdout.map((line) => masked(line)), [
      `Listening to ${uri}`,
      "TIME MainProcess root INFO Jackdaws love my big sphinx of quartz.",
      "TIME MainProcess myapp.area1 DEBUG Quick zephyrs blow, vexing daft Jim.",
      "TIME MainProcess myapp.area2 ERROR The five boxing wizards jump quickly.",
    ]);
  });
}
