/**
 * A whole logger tree: the root, the named loggers, and the handlers that were first added to them.
 *
 * @module
 */

import { type CallerRealm, type LevelTable, ROOT } from "./caller_realm.ts";
import type { Handler } from "./handler.ts";
import { LEVELS } from "./levels.ts";
import { LoggerNode, type LoggerTree } from "./logger_node.ts";
import { OwnedHandlers } from "./owned_handlers.ts";
import type { LogRecord, RecordOrigin } from "./record.ts";

/** Options of {@linkcode NodeTree}. */
export interface NodeTreeOptions {
  /** Where its records come from. */
  readonly origin: RecordOrigin;
  /** The level of the root; `undefined` asks the caller. */
  readonly level?: number;
  /** Gives levels and takes records that this tree has no level or handler for. */
  readonly caller: CallerRealm;
}

/** A logger tree. */
export class NodeTree implements LoggerTree {
  readonly origin: RecordOrigin;
  readonly root: LoggerNode;
  readonly #caller: CallerRealm;
  readonly #nodes = new Map<string, LoggerNode>();
  readonly #owned: OwnedHandlers;

  constructor({ origin, level, caller }: NodeTreeOptions) {
    this.origin = origin;
    this.#caller = caller;
    this.#owned = new OwnedHandlers(origin);
    this.root = new LoggerNode(this, ROOT, undefined, level);
  }

  /** What the logger of that name is in this tree. */
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

  rootLevel(): number {
    return this.root.effectiveLevel();
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

  logOnRoot(level: number, message: string, args: readonly unknown[]): void {
    this.root.log(level, message, args);
  }

  onHandlerAdded(_node: LoggerNode, handler: Handler): void {
    this.#owned.adopt(handler);
  }

  onHandlerRemoved(handler: Handler): void {
    const nodes = [this.root, ...this.#nodes.values()];
    if (!nodes.some((node) => node.handlers.includes(handler))) this.#owned.release(handler);
  }

  /** Flushes and closes the handlers that were first added here, the last one first. */
  async closeHandlers(): Promise<void> {
    await this.#owned.close();
  }

  /** The same, without waiting for handlers that need time. */
  closeHandlersNow(): void {
    this.#owned.closeNow();
  }

  /** Gives the handlers up, so that another tree may own them. */
  giveUpHandlers(): void {
    this.#owned.releaseAll();
  }
}
