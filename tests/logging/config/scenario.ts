/** Runs the same configurations and log calls through Python's logging and through ours. */

import { getLogger, withCleanRootLogger } from "@paralog/paralog/logging";
import { dictConfig } from "../../../src/logging/config/dict_config.ts";
import { fileConfig } from "../../../src/logging/config/file_config.ts";
import { askPython } from "../../support/ask_python.ts";

/** One step of a scenario. */
export type Step =
  | readonly ["dict", unknown]
  | readonly ["ini", string]
  | readonly ["log", logger: string, level: number, message: string]
  | readonly ["level", logger: string, level: number]
  /** Notes what a logger is. */
  | readonly ["state", logger: string];

/** What a scenario wrote: files by name, stdout among them, and the states that were noted. */
export type Outcome = Readonly<Record<string, readonly unknown[]>>;

const PYTHON = `
import io, logging, logging.config, logging.handlers, os, tempfile
logging.addLevelName(30, "WARN")

def run(steps):
    logging.shutdown()
    logging._handlers.clear()
    del logging._handlerList[:]
    logging.root = logging.RootLogger(logging.WARNING)
    logging.Logger.root = logging.root
    logging.Logger.manager = logging.root.manager = logging.Manager(logging.root)
    states = []
    stdout, sys.stdout = sys.stdout, io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        try:
            for step in steps:
                if step[0] == "dict":
                    logging.config.dictConfig(json.loads(json.dumps(step[1]).replace("$DIR", folder)))
                elif step[0] == "ini":
                    logging.config.fileConfig(io.StringIO(step[1].replace("$DIR", folder)))
                elif step[0] == "log":
                    logging.getLogger(step[1]).log(step[2], step[3])
                elif step[0] == "level":
                    logging.getLogger(step[1]).setLevel(step[2])
                else:
                    log = logging.getLogger(step[1])
                    states.append([log.name, log.level, log.getEffectiveLevel(), bool(log.disabled),
                        bool(log.propagate), [h.name for h in log.handlers], len(log.filters)])
            logging.shutdown()
            printed = sys.stdout.getvalue()
        finally:
            sys.stdout = stdout
        files = {name: open(os.path.join(folder, name)).read().splitlines()
            for name in sorted(os.listdir(folder))}
    return {**files, "stdout": printed.splitlines(), "states": states}

print(json.dumps([run(steps) for steps in json.load(sys.stdin)]))
`;

/** Runs scenarios in Python. */
export function runInPython(scenarios: readonly (readonly Step[])[]): Promise<Outcome[]> {
  return askPython<Outcome[]>(PYTHON, scenarios);
}

/** Runs a scenario here. */
export async function runHere(steps: readonly Step[]): Promise<Outcome> {
  const folder = await Deno.makeTempDir();
  let printed = "";
  const states: unknown[] = [];
  const stdout = {
    writeSync(bytes: Uint8Array): number {
      printed += new TextDecoder().decode(bytes);
      return bytes.length;
    },
  };
  await withCleanRootLogger(async () => {
    getLogger().setLevel("WARN");
    for (const step of steps) await runStep(step, folder, { "sys.stdout": stdout }, states);
  });
  const files: Record<string, unknown[]> = {};
  for await (const { name } of Deno.readDir(folder)) {
    files[name] = linesOf(await Deno.readTextFile(`${folder}/${name}`));
  }
  await Deno.remove(folder, { recursive: true });
  return { ...files, stdout: linesOf(printed), states };
}

async function runStep(
  step: Step,
  folder: string,
  classes: Record<string, unknown>,
  states: unknown[],
): Promise<void> {
  const log = getLogger(step[0] === "dict" || step[0] === "ini" ? "" : step[1]);
  switch (step[0]) {
    case "dict":
      return await dictConfig(JSON.parse(JSON.stringify(step[1]).replaceAll("$DIR", folder)), {
        classes,
      });
    case "ini":
      return await fileConfig({ text: step[1].replaceAll("$DIR", folder) }, { classes });
    case "log":
      return log.log(step[2], step[3]);
    case "level":
      return log.setLevel(step[2]);
    case "state":
      states.push([
        ...[log.name, log.level, log.getEffectiveLevel(), log.disabled, log.propagate],
        ...[log.handlers.map(({ name }) => name), log.filters.length],
      ]);
  }
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
