/**
 * Realms. A realm is a whole logger tree: the root, the named loggers, their levels, filters and
 * handlers. Exactly one is current at any point of the program; it follows asynchronous calls.
 *
 * This is the one file with mutable module state: the main realm, and the loggers by name.
 *
 * @module
 */

import { type CallerRealm, ROOT } from "./realm/caller_realm.ts";
import type { Handler } from "./handler.ts";
import { lastResort } from "./realm/last_resort.ts";
import { Logger } from "./logger.ts";
import { inspect } from "./text/inspect.ts";
import type { RealmSeat } from "./realm/lazy_realm.ts";
import type { LoggerNode } from "./realm/logger_node.ts";
import { NodeTree, type NodeTreeOptions } from "./realm/node_tree.ts";
import { OpenRealms } from "./realm/open_realms.ts";
import type { RecordOutcome, RecordTally } from "./outcome.ts";
import { ProgramRealm } from "./realm/program_realm.ts";
import type { LogRecord } from "./record.ts";
import { changedScope, currentScope, enterScope, runInScope } from "./scope.ts";
import type { Sequence } from "./realm/sequence.ts";
import { joinedState, type StdLogHost, type StdLogState } from "./std_log.ts";
import { receiveSafely } from "./realm/receive_safely.ts";
import { ThreadOrigin } from "./realm/thread_origin.ts";

/** Options of {@linkcode Realm}. */
interface RealmOptions extends NodeTreeOptions {
  /** The realm that is current again when this one has ended. */
  readonly parent?: RealmSeat<Realm>;
}

/** A class of loggers: `Logger`, or one that extends it. */
export type LoggerClass = new (...args: ConstructorParameters<typeof Logger>) => Logger;

/** A logger tree that can be the current one, until it ends. */
export class Realm extends NodeTree implements StdLogHost, CallerRealm, AsyncDisposable {
  /** The class of loggers that are asked for here from now on. */
  loggerClass: LoggerClass = Logger;
  readonly #loggerClasses = new Map<string, LoggerClass>();
  readonly #parent: RealmSeat<Realm> | undefined;
  #stdLog: StdLogState | undefined;
  #ended = false;

  constructor(options: RealmOptions) {
    super(options);
    this.#parent = options.parent;
  }

  /** What `@std/log` shows while this realm is current; the main realm's is found when it is joined. */
  get stdLog(): StdLogState {
    this.#stdLog ??= this.#parent ? joinedState(currentRealm) : { handlers: [], level: undefined };
    return this.#stdLog;
  }
  set stdLog(state: StdLogState) {
    this.#stdLog = state;
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

  /**
   * Handles a record of a task, if the levels here let it pass. Never throws.
   *
   * @param record The record.
   * @param take Gets what the filters of its logger here let pass, in place of the handlers.
   * @returns What became of it.
   */
  receive(record: LogRecord, take?: (passed: LogRecord) => RecordOutcome): RecordOutcome {
    const node = this.alive().node(record.name);
    return receiveSafely(
      record,
      () => node.isEnabledFor(record.level) ? node.handle(record, take) : "filtered",
    );
  }

  /**
   * Gives the handlers here a record that {@linkcode receive} let pass, and that was counted there.
   * Never throws.
   *
   * @param record The record.
   * @returns What became of it.
   */
  deliver(record: LogRecord): RecordOutcome {
    const node = this.alive().node(record.name);
    return receiveSafely(record, () => node.deliver(record));
  }

  override onHandlerAdded(node: LoggerNode, handler: Handler): void {
    super.onHandlerAdded(node, handler);
    openRealms.add(this);
    if (this === main && node === this.root) program.onMainConfigured();
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
    collectRecords(); // They were logged before, and this realm's handlers are still open.
    program.joinStdLog(); // What a `log.setup` in this realm set up belongs to it, and ends with it.
    this.#ended = true;
  }

  #letGo(): void {
    this.giveUpHandlers();
    openRealms.delete(this);
  }
}

/** All loggers, by class and name: of each there is one in a thread. */
const loggers = new Map<LoggerClass, Map<string, Logger>>();

/** The realms that have handlers to close when the program ends. */
const openRealms = new OpenRealms(collectRecords);

/** What is around the main realm. */
const program: ProgramRealm = new ProgramRealm({ current: currentRealm, main: () => main });

/** Where the records of this thread come from. */
let thread = new ThreadOrigin("MainProcess");

/** The realm of the program itself; in a worker, of what runs there outside of tasks. */
let main = new Realm({ origin: thread, caller: program });

/**
 * The realm that is current where this is called.
 *
 * @returns The innermost realm that has not ended.
 */
export function currentRealm(): Realm {
  return (currentSeat() ?? main).alive();
}

function currentSeat(): RealmSeat<Realm> | undefined {
  return currentScope().realm as RealmSeat<Realm> | undefined; // Only realms of this file are put there.
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
  return runInScope(changedScope({ realm }), fn);
}

/**
 * Makes a realm the current one for the rest of the calling function and what it calls.
 *
 * @param realm The realm; `undefined` is the main realm.
 * @returns What was there before: give it back to make that the current one again.
 */
export function enterRealm(realm: RealmSeat<Realm> | undefined): RealmSeat<Realm> | undefined {
  const before = currentSeat();
  enterScope(changedScope({ realm }));
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
  program.joinStdLog();
  return new Realm({
    origin: here.origin,
    parent: here,
    level: here.rootLevel(),
    caller: lastResort,
    tally: here.tally, // What is logged within a task is counted as the task's.
  });
}

/** Lets `@std/log` answer for the current realm, if it was set up anew since that was last done. */
export function joinStdLog(): void {
  program.joinStdLog();
}

/**
 * Turns this thread into a worker: what it logs outside of tasks goes to the caller as well.
 *
 * @param processName The name that its records carry.
 * @param caller The realm that started the worker.
 * @param tally Counts what becomes of the records that are logged outside of tasks.
 */
export function becomeWorker(
  processName: string,
  caller: CallerRealm,
  tally?: RecordTally,
): void {
  thread = new ThreadOrigin(processName, thread.sequence);
  main = new Realm({ origin: thread, caller, tally });
}

/**
 * The numbers of the records of this thread.
 *
 * @returns The sequence; there is one in a thread.
 */
export function threadSequence(): Sequence {
  return thread.sequence;
}

/**
 * Adds something that brings records from elsewhere, such as from workers: before each number that a
 * record gets here, and before handlers are flushed or closed, at the end of the program too.
 *
 * @param collect Handles the records that are there, without waiting; given a number, those with a
 * lower one, also if they are just being sent.
 * @param hasRecords Tells whether there may be any; without it `collect` is always called.
 * @returns What removes it.
 */
export function addRecordSource(
  collect: (before?: number) => void,
  hasRecords?: () => boolean,
): Disposable {
  openRealms.listen(); // Also where nobody has handlers: there is a last resort.
  return threadSequence().addSource(collect, hasRecords);
}

function collectRecords(): void {
  threadSequence().collect();
}

/** Writes out what the handlers of all realms hold, as far as it needs no waiting. */
export function flushAll(): void {
  openRealms.flush();
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
  collectRecords();
  await currentRealm().closeHandlers();
}

/** The same for all realms that have handlers, the last one first. */
export async function shutdownAll(): Promise<void> {
  await openRealms.close();
}
