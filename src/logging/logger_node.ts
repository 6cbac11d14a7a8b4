/**
 * What a logger is in one realm: level, handlers, filters and place in the tree. The rules of level
 * and propagation are those of Python's `logging.Logger`.
 *
 * @module
 */

import { Filterer } from "./filter.ts";
import type { Handler } from "./handler.ts";
import { createRecord, type LogRecord, type RecordOrigin } from "./record.ts";
import { isSameHandler, type StdHandler, toHandler } from "./std_log.ts";

/** The tree that a node belongs to: its realm. */
export interface LoggerTree {
  /** Where the records of this tree come from. */
  readonly origin: RecordOrigin;
  /** The level of a logger for which the tree itself has none. */
  inheritedLevel(name: string): number;
  /** Takes a record that no handler was found for. */
  handleLastResort(record: LogRecord): void;
  /** Is told of a handler that was added to a logger of this tree. */
  onHandlerAdded(node: LoggerNode, handler: Handler): void;
  /** Is told of a handler that was removed from a logger of this tree. */
  onHandlerRemoved(handler: Handler): void;
}

/** What a logger is in one realm: its level, handlers, filters and place in the tree. */
export class LoggerNode extends Filterer {
  readonly name: string;
  readonly parent: LoggerNode | undefined;
  /** Its own level; NOTSET asks the parent, and `undefined` (at a root only) asks the tree. */
  level: number | undefined;
  propagate = true;
  disabled = false;
  #handlers: readonly Handler[] = [];
  readonly #tree: LoggerTree;

  constructor(tree: LoggerTree, name: string, parent?: LoggerNode, level?: number) {
    super();
    this.#tree = tree;
    this.name = name;
    this.parent = parent;
    this.level = level;
  }

  /** The handlers; the list is replaced when one is added or removed, never changed. */
  get handlers(): readonly Handler[] {
    return this.#handlers;
  }

  addHandler(given: Handler | StdHandler): void {
    if (this.#handlers.some((handler) => isSameHandler(handler, given))) return;
    const handler = toHandler(given);
    this.#handlers = [...this.#handlers, handler];
    this.#tree.onHandlerAdded(this, handler);
  }

  removeHandler(given: Handler | StdHandler): void {
    const found = this.#handlers.find((handler) => isSameHandler(handler, given));
    if (!found) return;
    this.#handlers = this.#handlers.filter((handler) => handler !== found);
    this.#tree.onHandlerRemoved(found);
  }

  /** The level that counts: its own, or the nearest parent's, or the one that the tree inherits. */
  effectiveLevel(name: string = this.name): number {
    if (this.level) return this.level;
    if (this.parent) return this.parent.effectiveLevel(name);
    return this.level ?? this.#tree.inheritedLevel(name);
  }

  isEnabledFor(level: number): boolean {
    return !this.disabled && level >= this.effectiveLevel();
  }

  log(level: number, message: unknown, rest: readonly unknown[]): void {
    if (this.isEnabledFor(level)) {
      this.handle(createRecord(this.#tree.origin, this.name, level, message, rest));
    }
  }

  handle(record: LogRecord): void {
    if (this.disabled) return;
    const passed = this.filter(record);
    if (passed && !this.#callHandlers(passed)) this.#tree.handleLastResort(passed);
  }

  hasHandlers(): boolean {
    return this.#handlers.length > 0 || (this.#next()?.hasHandlers() ?? false);
  }

  /** Calls its handlers, then its parents'. Returns whether there was any. */
  #callHandlers(record: LogRecord): boolean {
    for (const handler of this.#handlers) {
      if (record.level >= handler.level) handler.handle(record);
    }
    const next = this.#next();
    const further = next !== undefined && next.#callHandlers(record);
    return further || this.#handlers.length > 0;
  }

  /** The node whose handlers come after its own. */
  #next(): LoggerNode | undefined {
    return this.propagate ? this.parent : undefined;
  }
}
