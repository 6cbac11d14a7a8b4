/** Tasks that the tests run inline and in workers. */

import {
  basicConfig,
  delayed,
  getLogger,
  type Level,
  Parallel,
  PrefixFilter,
  task,
} from "@paralog/paralog";
import * as stdLog from "@std/log";
import { ListHandler } from "./list_handler.ts";

/** A logger kept at module level, as libraries do. */
const log = getLogger("lib.tasks");

export const square = task(import.meta, function square(x: number): number {
  return x * x;
});

export const squareLater = task(import.meta, async function squareLater(x: number) {
  await new Promise((resolve) => setTimeout(resolve, (5 - x) * 5)); // The first one is the last.
  return x * x;
});

/** Waits until as many tasks have come here as the flag holds. */
function meet(parties: Int32Array): void {
  let missing = Atomics.sub(parties, 0, 1) - 1;
  Atomics.notify(parties, 0);
  while (missing > 0) {
    if (Atomics.wait(parties, 0, missing, 30_000) === "timed-out") throw new Error("nobody came");
    missing = Atomics.load(parties, 0);
  }
}

export const interval = task(
  import.meta,
  async function interval(ms: number, parties?: Int32Array) {
    if (parties) meet(parties);
    const from = performance.timeOrigin + performance.now();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { from, to: performance.timeOrigin + performance.now() };
  },
);

export const logOnModuleLogger = task(import.meta, function logOnModuleLogger(name: string) {
  log.debug("debug of %s", name);
  log.info("info of %s", name, { name });
  log.error("error of %s", name, new RangeError("too far", { cause: new Error("why") }));
});

/** Says where the task is: its context, the place of its log call, what is enabled. */
export const describeSelf = task(import.meta, async function describeSelf(name: string) {
  await Promise.resolve();
  getLogger("lib.self").warn("self %s", name);
  return getLogger("lib.self").isEnabledFor("INFO");
});

/** Configures its own root, logs in every way, and returns the lines that its handler saw. */
export const logOnOwnRoot = task(import.meta, async function logOnOwnRoot(name: string) {
  const before = getLogger().handlers.length + getLogger().filters.length;
  const handler = new ListHandler();
  basicConfig({
    level: "DEBUG",
    handlers: [handler],
    format: "%(levelname)s %(name)s %(message)s",
  });
  getLogger().addFilter(new PrefixFilter(`${name}: `));
  getLogger().debug("root");
  await Promise.resolve();
  log.debug("module logger");
  stdLog.info("std/log");
  stdLog.debug("std/log debug");
  return { before, lines: handler.lines };
});

export const logThroughStdLog = task(import.meta, function logThroughStdLog(name: string) {
  stdLog.warn(`std/log of ${name}`);
});

export const setLevelAndLog = task(import.meta, function setLevelAndLog(level: Level) {
  getLogger("lib").setLevel(level);
  log.debug("debug");
  log.warn("warn");
  return getLogger().level;
});

export const logOddFields = task(import.meta, function logOddFields() {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  log.warn("odd", { callback: () => 1, symbol: Symbol("s"), cycle, big: 12n });
});

export class PaymentError extends Error {
  readonly code: string;
  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export const throwCustom = task(import.meta, function throwCustom(id: number) {
  throw new PaymentError(`no money for ${id}`, "E_FUNDS", new TypeError("card refused"));
});

export const throwAggregate = task(import.meta, function throwAggregate() {
  throw new AggregateError([new RangeError("one"), "two"], "both failed");
});

export const throwValue = task(import.meta, function throwValue(value: unknown) {
  throw value;
});

export const spin = task(import.meta, function spin(ms: number) {
  const end = performance.now() + ms;
  while (performance.now() < end);
});

export const throwText = task(import.meta, function throwText() {
  throw "just a text";
});

export const throwNotFound = task(import.meta, async function throwNotFound() {
  await Deno.readTextFile(new URL("./no_such_file", import.meta.url));
});

export const logThenThrow = task(import.meta, function logThenThrow() {
  log.error("before the end");
  throw new RangeError("the end");
});

export const returnFunction = task(import.meta, function returnFunction() {
  return { list: [1, { callback: () => 1 }] };
});

export const changeArgument = task(import.meta, function changeArgument(list: number[]) {
  list.push(4);
  return list;
});

export const exit = task(import.meta, function exit(code: number) {
  log.warn("about to exit");
  Deno.exit(code);
});

export const processExit = task(import.meta, async function processExit(code: number) {
  const { default: process } = await import("node:process");
  process.exit(code);
});

export const closeSelf = task(import.meta, async function closeSelf() {
  self.close();
  await new Promise(() => {}); // The worker ends; nobody would wait for this.
});

export const throwOutside = task(import.meta, async function throwOutside() {
  setTimeout(() => {
    throw new PaymentError("outside", "E_OUTSIDE", undefined);
  });
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});

export const rejectOutside = task(import.meta, async function rejectOutside() {
  Promise.reject(new RangeError("nobody listens"));
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});

export const neverEnds = task(import.meta, async function neverEnds() {
  log.info("never ends");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});

export const processName = task(import.meta, async function processName() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  const handler = new ListHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  getLogger().info("who");
  return handler.records[0]?.processName;
});

export const nested = task(import.meta, async function nested(items: number[]) {
  log.info("outer task");
  await new Parallel(2).run([delayed(logOnModuleLogger)("inner")]);
  return await new Parallel(2).map(square, items);
});

export const makeUnexported = () => task(import.meta, function unexported() {});

export { square as renamedSquare };
export default task(import.meta, function byDefault() {
  return "default";
});
