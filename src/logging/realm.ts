/**
 * Realms. A realm is a whole logger tree: the root, the named loggers, their levels, filters and
 * handlers. Exactly one is current at any point of the program; it follows asynchronous calls.
 *
 * This is the one file with mutable module state: the main realm, and the loggers by name.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { type CallerRealm, type LevelTable, ROOT } from "./caller_realm.ts";
import type { Handler } from "./handler.ts";
import { lastResort } from "./last_resort.ts";
import { LEVELS } from "./levels.ts";
import { Logger } from "./logger.ts";
import { LoggerNode, type LoggerTree } from "./logger_node.ts";
import { OwnedHandlers } from "./owned_handlers.ts";
import type { LogRecord, RecordOrigin } from "./record.ts";
import {
  handleByStdLog,
  isJoined,
  isSetUp,
  joinedState,
  joinStdLog,
  type StdLogHost,
  type StdLogState,
  unjoinedState,
} from "./std_log.ts";
import { originOfTask, ThreadOrigin } from "./thread_origin.ts";

/** Options of {@linkcode Realm}. */
interface RealmOptions {
  readonly origin: RecordOrigin;
  /** The realm that is current again when this one has ended. */
  readonly parent?: Realm;
  /** The level of the root; `undefined` asks the caller. */
  readonly level?: number;
  /** Gives levels and takes records that this realm has no level or handler for. */
  readonly caller: CallerRealm;
}

/** A logger tree. */
export class Realm implements LoggerTree, StdLogHost, CallerRealm, AsyncDisposable {
  readonly origin: RecordOrigin;
  readonly root: LoggerNode;
  stdLog: StdLogState;
  readonly #parent: Realm | undefined;
  readonly #caller: CallerRealm;
  readonly #nodes = new Map<string, LoggerNode>();
  readonly #owned: OwnedHandlers;
  #ended = false;

  constructor(options: RealmOptions) {
    this.origin = options.origin;
    this.#parent = options.parent;
    this.#caller = options.caller;
    this.#owned = new OwnedHandlers(options.origin);
    this.root = new LoggerNode(this, ROOT, undefined, options.level);
    // The main realm's is what @std/log has when it is joined.
    this.stdLog = options.parent ? joinedState(currentRealm) : { handlers: [], level: undefined };
  }

  /** This realm, or the nearest one around it that has not ended. */
  alive(): Realm {
    return this.#ended && this.#parent ? this.#parent.alive() : this;
  }

  /** What the logger of that name is in this realm. */
  node(name: string): LoggerNode {
    if (name === ROOT) return this.root;
    let node = this.#nodes.get(name);
    if (!node) {
      const dot = name.lastIndexOf(".");
      const parent = dot < 0 ? this.root : this.node(name.slice(0, dot));
      node = new LoggerNode(this, name, parent, LEVELS.NOTSET);
      this.#nodes.set(name, node);
    }
    return node;
  }

  levelOf(name: string): number {
    return this.node(name).effectiveLevel();
  }

  receive(record: LogRecord): void {
    const realm = this.alive();
    const node = realm.node(record.name);
    if (node.isEnabledFor(record.level)) node.handle(record);
  }

  levels(): LevelTable {
    const table = new Map(this.root.level === undefined ? this.#caller.levels() : []);
    if (this.root.level !== undefined) table.set(ROOT, this.root.level);
    for (const [name, node] of this.#nodes) if (node.level) table.set(name, node.level);
    return table;
  }

  inheritedLevel(name: string): number {
    return this.#caller.levelOf(name);
  }

  handleLastResort(record: LogRecord): void {
    this.#caller.receive(record);
  }

  onHandlerAdded(node: LoggerNode, handler: Handler): void {
    this.#owned.adopt(handler);
    closeAtExit(this);
    if (this === main && node === this.root) onMainConfigured();
  }

  onHandlerRemoved(handler: Handler): void {
    const nodes = [this.root, ...this.#nodes.values()];
    if (!nodes.some((node) => node.handlers.includes(handler))) this.#owned.release(handler);
  }

  rootLevel(): number {
    return this.root.effectiveLevel();
  }

  logOnRoot(level: number, message: string, args: readonly unknown[]): void {
    this.root.log(level, message, args);
  }

  /** Flushes and closes the handlers that were first added in this realm, last one first. */
  async closeHandlers(): Promise<void> {
    await this.#owned.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    await this.#owned.close();
    this.#end();
  }

  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#owned.closeNow();
    this.#end();
  }

  /** Code that still runs in it logs to the nearest realm around it from now on. */
  #end(): void {
    this.#ended = true;
    this.#owned.releaseAll();
    openRealms.delete(this);
    // A `log.setup` in this realm made a root logger for @std/log: what it was set up with ends too.
    joinStdLog(currentRealm, joinStdLogNow);
  }
}

const current = new AsyncLocalStorage<Realm>();
const loggers = new Map<string, Logger>();

/** The realms that have handlers to close when the program ends. */
const openRealms = new Set<Realm>();

/** Around the main realm there is what the program set `@std/log` up with, if it did. */
const program: CallerRealm = {
  levels: () => new Map([[ROOT, program.levelOf(ROOT)]]),
  levelOf: (name) => stdLogOfProgram()?.level ?? lastResort.levelOf(name),
  receive: (record) => {
    const state = stdLogOfProgram();
    if (state) handleByStdLog(state, record);
    else lastResort.receive(record);
  },
};

/** The realm of the program itself; in a worker, of what runs there outside of tasks. */
let main = new Realm({ origin: new ThreadOrigin("MainProcess"), caller: program });

/**
 * The realm that is current where this is called.
 *
 * @returns The innermost realm that has not ended.
 */
export function currentRealm(): Realm {
  return (current.getStore() ?? main).alive();
}

/**
 * The logger of that name; the same object at every call.
 *
 * @param name Dotted, such as "app.jobs"; none, "" and "root" are the root.
 * @returns The logger, which follows the current realm.
 *
 * @example
 * ```ts
 * import { getLogger } from "@paralog/paralog/logging";
 *
 * getLogger().setLevel("INFO");
 * getLogger("app.jobs").info("three jobs to do");
 * ```
 */
export function getLogger(name?: string): Logger {
  const key = name || ROOT;
  let logger = loggers.get(key);
  if (!logger) {
    logger = new Logger(key, nodeFinder(key));
    loggers.set(key, logger);
  }
  return logger;
}

/** Finds the node of a name in the current realm; the last one found is usually the one. */
function nodeFinder(name: string): () => LoggerNode {
  let realm: Realm | undefined;
  let node: LoggerNode | undefined;
  return () => {
    const here = currentRealm();
    if (here !== realm || !node) {
      realm = here;
      node = here.node(name);
    }
    return node;
  };
}

/**
 * Runs a function with a realm as the current one, through everything it awaits.
 *
 * @param realm The realm.
 * @param fn The function.
 * @returns What the function returns.
 */
export function runInRealm<T>(realm: Realm, fn: () => T): T {
  return current.run(realm, fn);
}

/**
 * Makes a realm the current one for the rest of the calling function and what it calls.
 *
 * @param realm The realm; `undefined` is the main realm.
 * @returns The realm that was current before, if it was not the main realm.
 */
export function enterRealm(realm: Realm | undefined): Realm | undefined {
  const before = current.getStore();
  current.enterWith(realm as Realm); // The types do not allow undefined, the store does.
  return before;
}

/**
 * A realm as a new process would have it: no handlers, no filters, no named loggers. Only the level
 * of the root is kept.
 *
 * @returns The realm; it is not current yet.
 */
export function createCleanRealm(): Realm {
  const here = currentRealm();
  joinStdLogNow();
  return new Realm({
    origin: here.origin,
    parent: here,
    level: here.rootLevel(),
    caller: lastResort,
  });
}

/**
 * The realm of a task: clean, with the levels of its caller, to whom go the records that find no
 * handler in it.
 *
 * @param caller The realm that dispatched the task.
 * @param taskIndex Which call of the run it is, from 0.
 * @returns The realm; it is not current yet.
 */
export function createTaskRealm(caller: CallerRealm, taskIndex: number): Realm {
  const here = currentRealm();
  joinStdLogNow();
  return new Realm({ origin: originOfTask(here.origin, taskIndex), parent: here, caller });
}

/**
 * Turns this thread into a worker: what it logs outside of tasks goes to the caller as well.
 *
 * @param processName The name that its records carry.
 * @param caller The realm that started the worker.
 */
export function becomeWorker(processName: string, caller: CallerRealm): void {
  main = new Realm({ origin: new ThreadOrigin(processName), caller });
}

/**
 * Lets `@std/log` answer for the current realm. What it was set up with until now, by `log.setup` or
 * at its start, stays in force in the realm that is current.
 */
function joinStdLogNow(): void {
  const found = joinStdLog(currentRealm, joinStdLogNow);
  if (!found) return;
  const here = currentRealm();
  here.stdLog = here === main && !isJoined(main.stdLog) ? found : joinedState(currentRealm, found);
}

/** What the program set `@std/log` up with, as long as our main root has no handler. */
function stdLogOfProgram(): StdLogState | undefined {
  if (isJoined(main.stdLog)) return undefined;
  const state = unjoinedState() ?? main.stdLog;
  return isSetUp(state) ? state : undefined;
}

/** From the first handler of the main root on, `@std/log` logs into the main realm too. */
function onMainConfigured(): void {
  joinStdLogNow();
  if (isJoined(main.stdLog)) return;
  main.stdLog = joinedState(currentRealm, main.stdLog);
}

/** As Python's `atexit` does: what handlers still hold is written when the program ends. */
function closeAtExit(realm: Realm): void {
  if (openRealms.size === 0) addEventListener("unload", closeOpenRealms);
  openRealms.add(realm);
}

/** The realms that were opened last are closed first. */
function closeOpenRealms(): void {
  for (const realm of [...openRealms].reverse()) realm[Symbol.dispose]();
}

/**
 * Flushes and closes the handlers of the current realm, the last one first. It happens by itself
 * when a program or a task ends; call it before a deliberate `Deno.exit` if a handler needs time.
 *
 * @returns When all handlers are closed.
 *
 * @example
 * ```ts
 * import { getLogger, shutdown } from "@paralog/paralog/logging";
 *
 * getLogger().warn("going down");
 * await shutdown();
 * ```
 */
export async function shutdown(): Promise<void> {
  await currentRealm().closeHandlers();
}
