/**
 * What a logger is in one realm: level, handlers, filters and place in the tree. The rules of level
 * and propagation are those of Python's `logging.Logger`.
 *
 * @module
 */

import { type Filter, Filterer } from "../filter.ts";
import { type Handler, reportLoggingError } from "../handler.ts";
import { handleNested } from "./nesting.ts";
import type { RecordOutcome, RecordTally } from "../outcome.ts";
import { createRecord, isRecord, type LogRecord, type RecordOrigin } from "../record.ts";
import { isSameHandler, type StdHandler, toHandler } from "../std_log.ts";
import { inspect } from "../text/inspect.ts";

/** The tree that a node belongs to: its realm. */
export interface LoggerTree {
  /** Where the records of this tree come from. */
  readonly origin: RecordOrigin;
  /** Grows with every change of a level or of a place in this tree. */
  readonly levelVersion: number;
  /** Levels up to this one are off for the whole tree: Python's `logging.disable`. */
  readonly disabledLevel: number;
  /** Changes a new record, as the program asked for: Python's record factory. */
  readonly recordFactory: ((record: LogRecord) => LogRecord) | undefined;
  /** Counts what becomes of the records of this tree. */
  readonly tally: RecordTally | undefined;
  /** The loggers that exist directly below one. */
  childrenOf(node: LoggerNode): LoggerNode[];
  /** Is told that a level was changed. */
  onLevelChanged(): void;
  /** The level of a logger for which the tree itself has none. */
  inheritedLevel(name: string): number;
  /** Takes a record that no handler was found for. */
  handleLastResort(record: LogRecord): RecordOutcome;
  /** Is told of a handler that was added to a logger of this tree. */
  onHandlerAdded(node: LoggerNode, handler: Handler): void;
  /** Is told of a handler that was removed from a logger of this tree. */
  onHandlerRemoved(handler: Handler): void;
}

/** What a logger is in one realm: its level, handlers, filters and place in the tree. */
export class LoggerNode extends Filterer {
  readonly name: string;
  readonly parent: LoggerNode | undefined;
  propagate = true;
  disabled = false;
  /** Whether a program asked for it; other nodes are only there as parents. */
  exists = false;
  #level: number | undefined;
  /** The level that its own branch has; `undefined` asks the tree. Holds for one version of levels. */
  #branchLevel: number | undefined;
  #branchVersion = -1;
  #handlers: readonly Handler[] = [];
  readonly #tree: LoggerTree;

  constructor(tree: LoggerTree, name: string, parent?: LoggerNode, level?: number) {
    super();
    this.#tree = tree;
    this.name = name;
    this.parent = parent;
    this.#level = level;
  }

  /** Its own level; NOTSET asks the parent, and `undefined` (at a root only) asks the tree. */
  get level(): number | undefined {
    return this.#level;
  }
  set level(level: number | undefined) {
    this.#tree.origin.beforeChange();
    this.#level = level;
    this.#tree.onLevelChanged();
  }

  /** The handlers; the list is replaced when one is added or removed, never changed. */
  get handlers(): readonly Handler[] {
    return this.#handlers;
  }

  addHandler(given: Handler | StdHandler): void {
    if (this.#handlers.some((handler) => isSameHandler(handler, given))) return;
    const handler = toHandler(given);
    this.#tree.origin.beforeChange();
    this.#handlers = [...this.#handlers, handler];
    this.#tree.onHandlerAdded(this, handler);
  }

  removeHandler(given: Handler | StdHandler): void {
    const found = this.#handlers.find((handler) => isSameHandler(handler, given));
    if (!found) return;
    this.#tree.origin.beforeChange();
    this.#handlers = this.#handlers.filter((handler) => handler !== found);
    this.#tree.onHandlerRemoved(found);
  }

  override addFilter(filter: Filter): void {
    this.#tree.origin.beforeChange();
    super.addFilter(filter);
  }

  override removeFilter(filter: Filter): void {
    this.#tree.origin.beforeChange();
    super.removeFilter(filter);
  }

  /** The level that counts: its own, or the nearest parent's, or the one that the tree inherits. */
  effectiveLevel(): number {
    if (this.#branchVersion !== this.#tree.levelVersion) {
      this.#branchLevel = LoggerNode.#findBranchLevel(this);
      this.#branchVersion = this.#tree.levelVersion;
    }
    return this.#branchLevel ?? this.#tree.inheritedLevel(this.name);
  }

  isEnabledFor(level: number): boolean {
    return level > this.#tree.disabledLevel && !this.disabled && level >= this.effectiveLevel();
  }

  log(level: number, message: unknown, rest: readonly unknown[]): void {
    if (!this.isEnabledFor(level)) return;
    const record = createRecord(this.#tree.origin, this.name, level, message, rest);
    this.handle(this.#tree.recordFactory ? this.#remake(record, this.#tree.recordFactory) : record);
  }

  /**
   * Handles a record of any level, and counts it. Throws what a filter throws.
   *
   * @param record The record.
   * @param take Gets what the filters let pass, in place of the handlers.
   */
  handle(record: LogRecord, take?: (passed: LogRecord) => RecordOutcome): RecordOutcome {
    let outcome: RecordOutcome = "dropped"; // So it is if something throws.
    try {
      return outcome = this.#handle(record, take);
    } finally {
      this.#tree.tally?.count(outcome);
    }
  }

  /** Calls the handlers with a record that the filters let pass. Counts nothing. */
  deliver(record: LogRecord): RecordOutcome {
    // A record that goes on to the caller is not nested in itself.
    return handleNested(record, () => LoggerNode.#callHandlers(this, record)) ??
      this.#tree.handleLastResort(record);
  }

  /** The loggers that exist directly below it. */
  children(): LoggerNode[] {
    return this.#tree.childrenOf(this);
  }

  hasHandlers(): boolean {
    return LoggerNode.#hasHandlers(this);
  }

  // Loops and no recursion, for names may have any number of parts.

  static #hasHandlers(first: LoggerNode): boolean {
    for (let node: LoggerNode | undefined = first; node; node = node.#next()) {
      if (node.#handlers.length > 0) return true;
    }
    return false;
  }

  /** Calls the handlers of a node, then its parents'. Returns `undefined` if there is none. */
  static #callHandlers(first: LoggerNode, record: LogRecord): RecordOutcome | undefined {
    let outcome: RecordOutcome | undefined;
    for (let node: LoggerNode | undefined = first; node; node = node.#next()) {
      for (const handler of node.#handlers) {
        const own = record.level >= handler.level ? handler.handle(record) : "filtered";
        outcome = bestOf(outcome, own);
      }
    }
    return outcome;
  }

  static #findBranchLevel(first: LoggerNode): number | undefined {
    let node = first;
    while (!node.#level && node.parent) node = node.parent;
    return node.#level;
  }

  #handle(
    record: LogRecord,
    take: ((passed: LogRecord) => RecordOutcome) | undefined,
  ): RecordOutcome {
    if (this.disabled) return "filtered";
    const passed = this.filter(record);
    if (!passed) return "filtered";
    return take ? take(passed) : this.deliver(passed);
  }

  /** A factory that throws is reported, and the record goes on as it was: logging does not throw. */
  #remake(record: LogRecord, factory: (record: LogRecord) => LogRecord): LogRecord {
    try {
      const made: unknown = factory(record);
      if (isRecord(made)) return made;
      throw new TypeError(`it returned ${inspect(made)}, and no record`);
    } catch (error) {
      reportLoggingError("The record factory failed", record, error);
      return record;
    }
  }

  /** The node whose handlers come after its own. */
  #next(): LoggerNode | undefined {
    return this.propagate ? this.parent : undefined;
  }
}

/**
 * What became of a record that went to several handlers. `own` is what one of them said: anything, if
 * it is written in JavaScript and overrides `handle`.
 */
function bestOf(before: RecordOutcome | undefined, own: RecordOutcome): RecordOutcome {
  if (before === "written") return before;
  if (own === "filtered") return before ?? own;
  return own === "dropped" ? own : "written";
}
