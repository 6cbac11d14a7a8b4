/**
 * The child processes of an agent: one for each job that runs, and some that have run a batch and wait for the
 * next one of the same site.
 *
 * @module
 */

import type { ChildEnd } from "../../parallel/backends/child_end.ts";
import { ProcessCommands, type ProcessWishes } from "../../parallel/backends/process_command.ts";
import { Reaper } from "../../parallel/backends/reaper.ts";
import type { Call, TaskReference } from "../../parallel/tasks/task.ts";
import type { Envelope, Site } from "../wire/messages.ts";
import { RemoteChild } from "./remote_child.ts";

/** What a {@linkcode ChildPool} is given. */
export interface ChildPoolOptions {
  /** The name of the agent. */
  readonly agent: string;
  /** How many processes there are at most: those that run jobs, and those that wait for the next ones. */
  readonly most: number;
  /** How long one without work is kept, in milliseconds. */
  readonly idleTimeout: number;
  /** Is told of a process that came to its end while it had nothing to run, and was not told to. */
  readonly onIdleDeath: (name: string, end: ChildEnd) => void;
}

/** What a process is started for. */
interface StartOptions {
  /** What it will be, as {@linkcode kindOf} has it. */
  readonly kind: string;
  readonly wishes: ProcessWishes;
  readonly calls: readonly Call[];
}

/** A process without work. */
interface Idle {
  readonly child: RemoteChild;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Starts processes, keeps them for a while, and ends them. */
export class ChildPool implements AsyncDisposable {
  readonly #options: ChildPoolOptions;
  /** By the numbers in their names; those that were killed until they have ended. */
  readonly #children = new Map<number, RemoteChild>();
  /** The one that has waited for the longest time comes first. */
  readonly #idle = new Map<RemoteChild, Idle>();
  readonly #reaper = new Reaper();
  /** What each is, as {@linkcode kindOf} has it. */
  readonly #kinds = new WeakMap<RemoteChild, string>();
  /** What starts processes, by what these are: each knows the modules that its tasks are in. */
  readonly #commands = new Map<string, ProcessCommands>();
  /** Sites of which no more batches come, but whose processes run one. */
  readonly #left = new Set<string>();

  /**
   * Starts nothing yet.
   *
   * @param options How many processes there are, and for how long.
   */
  constructor(options: ChildPoolOptions) {
    this.#options = options;
  }

  /** How many processes there are. */
  get size(): number {
    return this.#children.size;
  }

  /**
   * Takes a process for a batch: one that waits, or a new one.
   *
   * @param envelope The batch, and what its process is to be.
   * @param wishes What its tasks may do here, and how much memory they have.
   * @returns The process. It is to be given back.
   * @throws {Deno.errors.NotCapable} If its tasks are to do what this program may not do.
   */
  take({ site, batch }: Envelope, wishes: ProcessWishes): RemoteChild {
    this.#left.delete(site.id); // Its caller has changed its mind.
    const { initializer } = site;
    const calls = [...batch.tasks, ...initializer ? [initializer.task] : []].map(callOf);
    const { length } = batch.calls.index;
    const kind = kindOf(site, wishes);
    for (const child of this.#idleAlive()) {
      if (this.#kinds.get(child) !== kind) continue;
      if (!child.imports(calls) || !child.hasRoomFor(length)) continue;
      this.#wake(child);
      return child;
    }
    // What is not of use to this site may be of use to another one, but only where there is room.
    const excess = this.#alive - this.#options.most + 1;
    if (excess > 0) { for (const child of this.#idleAlive().slice(0, excess)) this.#end(child); }
    return this.#start(site, { kind, wishes, calls });
  }

  /**
   * Takes a process back that has run its batch, or has died.
   *
   * @param child The process.
   */
  giveBack(child: RemoteChild): void {
    if (!child.isAlive) return;
    if (!child.hasRoomFor(1) || this.#left.has(child.site.id)) return child.kill();
    const timer = setTimeout(() => this.#end(child), this.#options.idleTimeout);
    this.#idle.set(child, { child, timer });
  }

  /**
   * Ends the processes of a site, of which no more batches come; those that run one when it is over.
   *
   * @param site Its id.
   */
  leave(site: string): void {
    if (this.#isThere(site)) this.#left.add(site);
    for (const child of this.#idleAlive()) if (child.site.id === site) this.#end(child);
  }

  /** Kills all processes, and waits until they have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#idle.keys()) this.#wake(child);
    const children = [...this.#children.values()];
    for (const child of children) child.kill();
    await Promise.all(children.map(({ ended }) => ended));
  }

  get #alive(): number {
    let alive = 0;
    for (const { isAlive } of this.#children.values()) if (isAlive) alive++;
    return alive;
  }

  /** One that was killed, since it has said that it ends, is there until it has ended. */
  #idleAlive(): RemoteChild[] {
    return [...this.#idle.keys()].filter(({ isAlive }) => isAlive);
  }

  #isThere(id: string): boolean {
    return [...this.#children.values()].some(({ site }) => site.id === id);
  }

  #start(site: Site, { kind, wishes, calls }: StartOptions): RemoteChild {
    const commands = this.#commands.get(kind) ??
      new ProcessCommands([], { args: site.args, reaper: this.#reaper });
    const command = commands.make(wishes, calls);
    this.#commands.set(kind, commands);
    const number = this.#freeNumber();
    const name = `Process-${number}@${this.#options.agent}`;
    const child = new RemoteChild({
      name,
      site,
      command,
      onEnd: (end) => this.#onEnded(number, end),
    });
    this.#children.set(number, child);
    this.#kinds.set(child, kind);
    return child;
  }

  #freeNumber(): number {
    let number = 1;
    while (this.#children.has(number)) number++;
    return number;
  }

  #end(child: RemoteChild): void {
    this.#wake(child);
    child.kill();
  }

  /** It waits no longer. */
  #wake(child: RemoteChild): void {
    clearTimeout(this.#idle.get(child)?.timer);
    this.#idle.delete(child);
  }

  #onEnded(number: number, end: ChildEnd): void {
    const child = this.#children.get(number);
    if (!child) return;
    this.#children.delete(number);
    if (this.#idle.has(child)) this.#options.onIdleDeath(child.name, end);
    this.#wake(child);
    if (!this.#isThere(child.site.id)) this.#left.delete(child.site.id);
    const kind = this.#kinds.get(child) ?? "";
    const isLast = ![...this.#children.values()].some((other) => this.#kinds.get(other) === kind);
    if (isLast) this.#commands.delete(kind);
  }
}

/**
 * What a process is that was started so: another one of the same kind does as well. The id of a site alone does not
 * say it, for who writes jobs chooses the id, and may have read that of a site whose tasks may do more.
 */
function kindOf(site: Site, { permissions, memoryLimit }: ProcessWishes): string {
  const { id, initializer, maxTasks, maxRecordLength, args } = site;
  const limits = [memoryLimit, maxTasks, maxRecordLength].map(String);
  return JSON.stringify([id, initializer?.task, limits, permissions, args]);
}

/** A call as far as it matters for how a process is started: where its task is. */
function callOf(task: TaskReference): Call {
  return { task, args: [], fn: () => {} };
}
