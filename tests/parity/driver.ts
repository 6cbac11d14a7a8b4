/** Runs the cases of parity_test.ts through paralog; driver.py knows the same verbs. */

import {
  addLevelName,
  basicConfig,
  type BasicConfigOptions,
  dictConfigSync,
  disable,
  type Fields,
  fileConfig,
  getHandlerByName,
  getLogger,
  type Handler,
  type Level,
  LoggerAdapter,
  type LogKeywords,
  QueueHandler,
  QueueListener,
  RecordQueue,
  setLogRecordFactory,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { captureStderr } from "../../src/testing/capture_stderr.ts";

/** A verb and its arguments. */
export type Step = readonly [verb: string, ...args: unknown[]];

/** What a case left behind. */
export interface Written {
  readonly files: Readonly<Record<string, string>>;
  readonly stderr: string;
  readonly out: readonly unknown[];
}

class PrefixAdapter extends LoggerAdapter {
  override process(message: unknown, keywords: LogKeywords): [unknown, LogKeywords] {
    return [`[${this.extra.id}] ${message}`, keywords];
  }
}

function handler(name: string): Handler {
  const found = getHandlerByName(name);
  if (!found) throw new Error(`no handler ${name}`);
  return found;
}

/** The state of one case, and its verbs. */
class Case {
  readonly out: unknown[] = [];
  now = 1_700_000_000.125;
  readonly #listeners: QueueListener[] = [];

  time(seconds: number): void {
    this.now = seconds;
  }
  getLogger(name: string): void {
    getLogger(name);
  }
  log(name: string, level: Level, message: string, args: unknown[] = [], extra?: Fields): void {
    getLogger(name).log(level, message, ...args, ...(extra ? [extra] : []));
  }
  exception(name: string, message: string, args: unknown[] = []): void {
    getLogger(name).exception(message, new RangeError("too far"), ...args);
  }
  adapter(
    ...[name, fields, level, message, args = [], extra]: [
      ...[string, Fields, Level, string],
      unknown[]?,
      Fields?,
    ]
  ): void {
    new LoggerAdapter(getLogger(name), fields)
      .log(level, message, ...args, ...(extra ? [extra] : []));
  }
  prefixAdapter(
    ...[name, fields, level, message, args = []]: [string, Fields, Level, string, unknown[]?]
  ): void {
    new PrefixAdapter(getLogger(name), fields).log(level, message, ...args);
  }
  setLevel(name: string, level: Level): void {
    getLogger(name).setLevel(level);
  }
  handlerLevel(name: string, level: Level): void {
    handler(name).setLevel(level);
  }
  propagate(name: string, on: boolean): void {
    getLogger(name).propagate = on;
  }
  disabled(name: string, on: boolean): void {
    getLogger(name).disabled = on;
  }
  disable(level: Level): void {
    disable(level);
  }
  addLevelName(level: number, name: string): void {
    addLevelName(level, name);
  }
  removeHandler(name: string, handlerName: string): void {
    getLogger(name).removeHandler(handler(handlerName));
  }
  addHandler(name: string, handlerName: string): void {
    getLogger(name).addHandler(handler(handlerName));
  }
  dropLevel(name: string, level: string): void {
    getLogger(name).addFilter((record) => record.levelName !== level);
  }
  handlerDropLevel(name: string, level: string): void {
    handler(name).addFilter((record) => record.levelName !== level);
  }
  effective(name: string): void {
    this.out.push([name, getLogger(name).getEffectiveLevel()]);
  }
  enabled(name: string, level: Level): void {
    this.out.push([name, level, getLogger(name).isEnabledFor(level)]);
  }
  hasHandlers(name: string): void {
    this.out.push([name, getLogger(name).hasHandlers()]);
  }
  basicConfig(options: BasicConfigOptions): void {
    basicConfig(options);
  }
  dictConfig(config: Record<string, unknown>): void {
    dictConfigSync(config);
  }
  refused(config: Record<string, unknown>): void {
    try {
      dictConfigSync(config);
      this.out.push("accepted");
    } catch {
      this.out.push("refused");
    }
  }
  fileConfig(text: string, keep = false): Promise<void> {
    return fileConfig({ text }, { disableExistingLoggers: !keep });
  }
  flush(name: string): unknown {
    return handler(name).flush();
  }
  close(name: string): unknown {
    return handler(name).close();
  }
  queue(name: string, handlers: string[], respectHandlerLevel = false): void {
    const queue = new RecordQueue();
    const listener = new QueueListener(queue, handlers.map(handler), { respectHandlerLevel });
    getLogger(name).addHandler(new QueueHandler(queue));
    listener.start();
    this.#listeners.push(listener);
  }
  async stopQueues(): Promise<void> {
    for (const listener of this.#listeners.splice(0)) await listener.stop();
  }
}

function fill(value: unknown, folder: string): unknown {
  if (typeof value === "string") return value.replaceAll("{dir}", folder);
  if (Array.isArray(value)) return value.map((each) => fill(each, folder));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, folder)]));
}

/** Runs one case in a folder of its own, at a time that stands still. */
export async function run(steps: readonly Step[]): Promise<Written> {
  const folder = await Deno.makeTempDir();
  const files: Record<string, string> = {};
  const current = new Case();
  const verbs = current as unknown as Record<string, (...args: unknown[]) => unknown>; // By name.
  const { now } = Date;
  try {
    const stderr = await captureStderr(() =>
      withCleanRootLogger(async () => {
        Date.now = () => Math.floor(current.now * 1000);
        getLogger().setLevel("WARN");
        setLogRecordFactory((record) => ({ ...record, time: Math.round(current.now * 1000) }));
        for (const [verb, ...args] of steps) {
          const act = verbs[verb];
          if (!act) throw new Error(`no verb ${verb}`);
          await act.apply(current, args.map((each) => fill(each, folder)));
        }
        await current.stopQueues();
      })
    );
    for await (const { name } of Deno.readDir(folder)) {
      files[name] = await Deno.readTextFile(`${folder}/${name}`);
    }
    return { files, stderr, out: current.out };
  } finally {
    Date.now = now;
    await Deno.remove(folder, { recursive: true });
  }
}
