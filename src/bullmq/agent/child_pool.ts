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
  /** What starts processes, by the id of their site: each knows the modules that its tasks are in. */
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
    for (const { child } of this.#idleOf(site.id)) {
      if (!child.imports(calls) || !child.hasRoomFor(length)) continue;
      this.#wake(child);
      return child;
    }
    // What is not of use to this site may be of use to another one, but only where there is room.
    while (this.#alive >= this.#options.most && this.#idle.size > 0) this.#endLongestIdle();
    return this.#start(site, { wishes, calls });
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
    if (this.#commands.has(site)) this.#left.add(site);
    for (const { child } of this.#idleOf(site)) this.#end(child);
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

  #idleOf(site: string): Idle[] {
    return [...this.#idle.values()].filter(({ child }) => child.site.id === site);
  }

  #start(
    site: Site,
    { wishes, calls }: { readonly wishes: ProcessWishes; readonly calls: readonly Call[] },
  ): RemoteChild {
    const commands = this.#commands.get(site.id) ??
      new ProcessCommands([], { args: site.args, reaper: this.#reaper });
    const command = commands.make(wishes, calls);
    this.#commands.set(site.id, commands);
    const number = this.#freeNumber();
    const name = `Process-${number}@${this.#options.agent}`;
    const child = new RemoteChild({
      name,
      site,
      command,
      onEnd: (end) => this.#onEnded(number, end),
    });
    this.#children.set(number, child);
    return child;
  }

  #freeNumber(): number {
    let number = 1;
    while (this.#children.has(number)) number++;
    return number;
  }

  #endLongestIdle(): void {
    for (const child of this.#idle.keys()) return this.#end(child);
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
    const { id } = child.site;
    const isLast = ![...this.#children.values()].some(({ site }) => site.id === id);
    if (!isLast) return;
    this.#commands.delete(id);
    this.#left.delete(id);
  }
}

/** A call as far as it matters for how a process is started: where its task is. */
function callOf(task: TaskReference): Call {
  return { task, args: [], fn: () => {} };
}
