/**
 * Realms. A realm is a whole logger tree: the root, the named loggers, their levels, filters and
 * handlers. Exactly one is current at any point of the program; it follows asynchronous calls.
 *
 * This is the one file with mutable module state: the main realm, and the loggers by name.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { type CallerRealm, ROOT } from "./realm/caller_realm.ts";
import { type Handler, reportLoggingError } from "./handler.ts";
import { lastResort } from "./realm/last_resort.ts";
import { Logger } from "./logger.ts";
import { inspect } from "./text/inspect.ts";
import type { LoggerNode } from "./realm/logger_node.ts";
import { NodeTree, type NodeTreeOptions } from "./realm/node_tree.ts";
import type { LogRecord } from "./record.ts";
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
import { originOfTask, type TaskPlace, ThreadOrigin } from "./realm/thread_origin.ts";

/** Options of {@linkcode Realm}. */
interface RealmOptions extends NodeTreeOptions {
  /** The realm that is current again when this one has ended. */
  readonly parent?: Realm;
}

/** A class of loggers: `Logger`, or one that extends it. */
export type LoggerClass = new (...args: ConstructorParameters<typeof Logger>) => Logger;

/** A logger tree that can be the current one, until it ends. */
export class Realm extends NodeTree implements StdLogHost, CallerRealm, AsyncDisposable {
  /** What `@std/log` shows while this realm is current; the main realm's is found when it is joined. */
  stdLog: StdLogState;
  /** The class of loggers that are asked for here from now on. */
  loggerClass: LoggerClass = Logger;
  readonly #loggerClasses = new Map<string, LoggerClass>();
  readonly #parent: Realm | undefined;
  #ended = false;

  constructor(options: RealmOptions) {
    super(options);
    this.#parent = options.parent;
    this.stdLog = options.parent ? joinedState(currentRealm) : { handlers: [], level: undefined };
  }

  /** This realm, or the nearest one around it that has not ended. */
  alive(): Realm {
    return this.#ended && this.#parent ? this.#parent.alive() : this;
  }

  /** The class that a logger got when it was first asked for here. */
  loggerClassOf(name: string): LoggerClass {
    if (name === ROOT) return Logger;
    const known = this.#loggerClasses.get(name) ?? this.loggerClass;
    this.#loggerClasses.set(name, known);
    return known;
  }

  receive(record: LogRecord): void {
    const node = this.alive().node(record.name);
    try {
      if (node.isEnabledFor(record.level)) node.handle(record);
    } catch (error) {
      // A filter of the caller threw. The task did nothing wrong, and in a worker's message there is
      // nobody else to tell.
      reportLoggingError(`A filter of logger ${record.name} could not be run`, record, error);
    }
  }

  override onHandlerAdded(node: LoggerNode, handler: Handler): void {
    super.onHandlerAdded(node, handler);
    closeAtExit(this);
    if (this === main && node === this.root) onMainConfigured();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    this.#end();
    await this.closeHandlers();
    this.#letGo();
  }

  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#end();
    this.closeHandlersNow();
    this.#letGo();
  }

  /** Code that still runs in it logs to the nearest realm around it from now on. */
  #end(): void {
    joinStdLogNow(); // What a `log.setup` in this realm set up belongs to it, and ends with it.
    this.#ended = true;
  }

  #letGo(): void {
    this.giveUpHandlers();
    openRealms.delete(this);
  }
}

const current = new AsyncLocalStorage<Realm>();

/** All loggers, by class and name: of each there is one in a thread. */
const loggers = new Map<LoggerClass, Map<string, Logger>>();

/** Where `log.setup` of `@std/log` was called last. */
let stdLogSetUpIn: Realm | undefined;

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
 * @throws {TypeError} If the name is no text.
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
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`Cannot get logger ${inspect(name)}: give a name, such as "app.jobs"`);
  }
  const key = name || ROOT;
  const realm = currentRealm();
  realm.node(key); // It exists in this realm from now on.
  const loggerClass = realm.loggerClassOf(key);
  const ofClass = loggers.get(loggerClass) ?? new Map<string, Logger>();
  const logger = ofClass.get(key) ?? new loggerClass(key, { node: nodeFinder(key), getLogger });
  loggers.set(loggerClass, ofClass.set(key, logger));
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
 * @param place Which task it is.
 * @returns The realm; it is not current yet.
 */
export function createTaskRealm(caller: CallerRealm, place: TaskPlace): Realm {
  const here = currentRealm();
  joinStdLogNow();
  return new Realm({ origin: originOfTask(here.origin, place), parent: here, caller });
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
 * Lets `@std/log` answer for the current realm. What it was set up with until now stays in force in
 * the realm that called `log.setup`; at the start, in the main realm.
 */
function joinStdLogNow(): void {
  const found = joinStdLog(currentRealm, {
    onSetup: () => stdLogSetUpIn = currentRealm(),
    onLog: joinStdLogNow,
  });
  if (!found) return;
  const realm = (stdLogSetUpIn ?? main).alive();
  realm.stdLog = realm === main && !isJoined(main.stdLog)
    ? found
    : joinedState(currentRealm, found);
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
  if (openRealms.size === 0) {
    addEventListener("unload", closeOpenRealms);
    // No "unload" follows these. They may be handled by somebody, so nothing is closed.
    addEventListener("error", flushAll);
    addEventListener("unhandledrejection", flushAll);
  }
  openRealms.add(realm);
}

/** Writes out what the handlers of all realms hold, as far as it needs no waiting. */
export function flushAll(): void {
  for (const realm of openRealms) realm.flushHandlersNow();
}

/** The realms that were opened last are closed first. */
function closeOpenRealms(): void {
  for (const realm of [...openRealms].reverse()) {
    realm.closeHandlersNow();
    realm.flushEachRecord(); // Other listeners of "unload" may still log.
  }
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

/** The same for all realms that have handlers, the last one first. */
export async function shutdownAll(): Promise<void> {
  for (const realm of [...openRealms].reverse()) await realm.closeHandlers();
}
