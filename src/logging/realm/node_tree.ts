/**
 * A whole logger tree: the root, the named loggers, and the handlers that were first added to them.
 *
 * @module
 */

import { type CallerRealm, type LevelTable, ROOT } from "./caller_realm.ts";
import type { Handler } from "../handler.ts";
import { LevelWatchers } from "./level_watchers.ts";
import { LEVELS } from "../levels.ts";
import { LoggerNode, type LoggerTree } from "./logger_node.ts";
import { OwnedHandlers } from "./owned_handlers.ts";
import type { RecordOutcome, RecordTally } from "../outcome.ts";
import type { LogRecord, RecordOrigin } from "../record.ts";

/** Options of {@linkcode NodeTree}. */
export interface NodeTreeOptions {
  /** Where its records come from. */
  readonly origin: RecordOrigin;
  /** The level of the root; `undefined` asks the caller. */
  readonly level?: number;
  /** Gives levels and takes records that this tree has no level or handler for. */
  readonly caller: CallerRealm;
  /** Counts what becomes of every record that is handled in this tree. */
  readonly tally?: RecordTally;
}

/** Changes a record that was just made: Python's record factory. */
export type RecordFactory = (record: LogRecord) => LogRecord;

/** A logger tree. */
export class NodeTree implements LoggerTree {
  readonly origin: RecordOrigin;
  readonly root: LoggerNode;
  readonly tally: RecordTally | undefined;
  /** Changes new records, if the program set one. */
  recordFactory: RecordFactory | undefined;
  readonly #caller: CallerRealm;
  readonly #nodes = new Map<string, LoggerNode>();
  readonly #owned: OwnedHandlers;
  readonly #levelWatchers = new LevelWatchers();
  /** Handlers that a configuration made, whether loggers have them or not. */
  #configured: readonly Handler[] = [];
  #levelVersion = 0;
  #disabledLevel = -1;

  constructor({ origin, level, caller, tally }: NodeTreeOptions) {
    this.origin = origin;
    this.tally = tally;
    this.#caller = caller;
    this.#owned = new OwnedHandlers(origin);
    this.root = new LoggerNode(this, ROOT, undefined, level);
  }

  /** What the logger of that name is in this tree; it exists from now on. */
  node(name: string): LoggerNode {
    const node = this.#place(name);
    node.exists = true;
    return node;
  }

  /** The named loggers that exist in this tree. */
  nodes(): LoggerNode[] {
    return [...this.#nodes.values()].filter((node) => node.exists);
  }

  /** Whether a logger here has a handler. */
  get isConfigured(): boolean {
    return this.root.handlers.length > 0 ||
      this.nodes().some(({ handlers }) => handlers.length > 0);
  }

  /** The loggers that exist directly below one; Python's `getChildren`. */
  childrenOf(parent: LoggerNode): LoggerNode[] {
    return this.nodes().filter((node) => node.parent === parent);
  }

  get levelVersion(): number {
    return this.#levelVersion;
  }

  onLevelChanged(): void {
    this.#levelVersion++;
    this.#levelWatchers.notify();
  }

  /** Levels up to this one are off; -1 turns none off. */
  get disabledLevel(): number {
    return this.#disabledLevel;
  }

  /** Turns levels up to this one off, whatever loggers say. */
  disable(level: number): void {
    this.origin.beforeChange();
    this.#disabledLevel = level === LEVELS.NOTSET ? -1 : level;
    this.#levelWatchers.notify();
  }

  /** The level from which records pass here: that of the logger, or above what is disabled. */
  levelOf(name: string): number {
    return Math.max(this.#place(name).effectiveLevel(), this.#disabledLevel + 1);
  }

  rootLevel(): number {
    return this.root.effectiveLevel();
  }

  levels(): LevelTable {
    const table = new Map(this.root.level === undefined ? this.#caller.levels() : []);
    if (this.root.level !== undefined) table.set(ROOT, this.root.level);
    for (const [name, node] of this.#nodes) if (node.level) table.set(name, node.level);
    if (this.#disabledLevel < 0) return table;
    const lowest = this.#disabledLevel + 1;
    return new Map([...table].map(([name, level]) => [name, Math.max(level, lowest)]));
  }

  /** The caller's changes count too: the root, or only what it once inherited, may follow them. */
  watchLevels(listener: () => void): Disposable {
    const own = this.#levelWatchers.add(listener);
    const inherited = this.#caller.watchLevels(listener);
    return {
      [Symbol.dispose]() {
        own[Symbol.dispose]();
        inherited[Symbol.dispose]();
      },
    };
  }

  inheritedLevel(name: string): number {
    return this.#caller.levelOf(name);
  }

  handleLastResort(record: LogRecord): RecordOutcome {
    return this.#caller.receive(record);
  }

  logOnRoot(level: number, message: string, args: readonly unknown[]): void {
    this.root.log(level, message, args);
  }

  onHandlerAdded(_node: LoggerNode, handler: Handler): void {
    this.#owned.adopt(handler);
  }

  onHandlerRemoved(handler: Handler): void {
    if (!this.#isInUse(handler)) this.#owned.release(handler);
  }

  /**
   * Takes over the handlers of a configuration, in place of those of the one before: they are found
   * by name, and closed when the realm ends, also where no logger has them.
   */
  registerHandlers(handlers: readonly Handler[]): void {
    const before = this.#configured;
    this.#configured = [...handlers];
    for (const handler of before) this.onHandlerRemoved(handler);
    for (const handler of handlers) this.onHandlerAdded(this.root, handler);
  }

  /** The handler of that name, if a logger has it or it was configured. */
  handlerByName(name: string): Handler | undefined {
    return this.#handlersInUse().find((handler) => handler.name === name);
  }

  /** The names of all handlers that have one. */
  handlerNames(): string[] {
    const names = this.#handlersInUse().map((handler) => handler.name);
    return [...new Set(names.filter((name) => name !== undefined))];
  }

  #isInUse(handler: Handler): boolean {
    return this.#handlersInUse().includes(handler);
  }

  #handlersInUse(): Handler[] {
    const attached = [this.root, ...this.#nodes.values()].flatMap((node) => node.handlers);
    return [...this.#configured, ...attached];
  }

  #place(name: string): LoggerNode {
    if (name === ROOT) return this.root;
    const known = this.#nodes.get(name);
    if (known) return known;
    let parent = this.root;
    for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
      parent = this.#child(parent, name.slice(0, dot));
    }
    return this.#child(parent, name);
  }

  #child(parent: LoggerNode, name: string): LoggerNode {
    const node = this.#nodes.get(name) ?? new LoggerNode(this, name, parent, LEVELS.NOTSET);
    this.#nodes.set(name, node);
    return node;
  }

  /** Flushes and closes the handlers that were first added here, the last one first. */
  async closeHandlers(): Promise<void> {
    await this.#owned.close();
  }

  /** The same, without waiting for handlers that need time. */
  closeHandlersNow(): void {
    this.#owned.closeNow();
  }

  /** Writes out what they hold, as far as it needs no waiting. */
  flushHandlersNow(): void {
    this.#owned.flushNow();
  }

  /** From now on nothing stays in a handler: the program ends. */
  flushEachRecord(): void {
    this.#owned.flushEachRecord();
  }

  /** Gives the handlers up, so that another tree may own them. */
  giveUpHandlers(): void {
    this.#owned.releaseAll();
  }
}
