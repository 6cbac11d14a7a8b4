/**
 * What of a job is run on an agent: its modules must be allowed, and its tasks may do no more than the agent's
 * command line says.
 *
 * @module
 */

import type { ProcessWishes } from "../../parallel/backends/process_command.ts";
import type { Nesting } from "../../parallel/tasks/current_task.ts";
import type { TaskReference } from "../../parallel/tasks/task.ts";
import type { Envelope } from "../wire/messages.ts";
import type { AgentOptions } from "./agent_options.ts";
import { combineMemoryLimits } from "./task_memory.ts";
import { combinePermissions } from "./task_permissions.ts";

/** A job as it is run here. */
export interface AdmittedJob {
  /** The calls, with the modules that this machine has. */
  readonly envelope: Envelope;
  /** What its process may do, and how much memory it has. */
  readonly wishes: ProcessWishes;
}

/** A job is not run, or not to its end, and its caller is to know why. */
export class JobRefusedError extends Error {
  override readonly name = "JobRefusedError";

  /**
   * Makes the error.
   *
   * @param cause Why; its message is what the caller gets to know.
   */
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** For how long a module that is allowed is not looked up again, in milliseconds: links may change. */
const FRESH = 1000;

/** How many modules are remembered. */
const MOST_KNOWN = 1000;

/** Looks at jobs before they are run. */
export class JobGate {
  readonly #options: AgentOptions;
  /** When modules were looked up that are allowed: milliseconds of `performance.now()`. */
  readonly #allowed = new Map<string, number>();

  /**
   * Knows what is allowed.
   *
   * @param options What the agent was given.
   */
  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /**
   * Says how a job is run.
   *
   * @param sent The job as its caller has sent it.
   * @throws {JobRefusedError} If it is not run.
   */
  admit(sent: Envelope): AdmittedJob {
    const { moduleMap, permissions, memoryLimit } = this.#options;
    const envelope = moduleMap.envelopeOf(sent);
    const { site, batch } = envelope;
    const tasks = site.initializer ? [site.initializer.task, ...batch.tasks] : batch.tasks;
    for (const task of tasks) this.#checkModule(task);
    try {
      const wishes = {
        permissions: combinePermissions(permissions, site.permissions),
        memoryLimit: combineMemoryLimits(memoryLimit, site.memoryLimit),
      };
      return {
        envelope: { site, batch: { ...batch, nesting: this.#nest(batch.nesting) } },
        wishes,
      };
    } catch (cause) {
      throw new JobRefusedError(cause);
    }
  }

  /** To look where a file is takes time, and many tasks are of one module. */
  #checkModule(task: TaskReference): void {
    const key = task.kind === "module" ? task.url : "source";
    const now = performance.now();
    const known = this.#allowed.get(key);
    if (known !== undefined && now - known < FRESH) return;
    const refusal = this.#options.allowList.refusalOf(task);
    if (refusal !== undefined) throw new JobRefusedError(refusal);
    if (this.#allowed.size >= MOST_KNOWN) this.#allowed.clear();
    this.#allowed.set(key, now);
  }

  /** Runs that tasks start share the cores of this machine, not those of the caller's. */
  #nest(nesting: Nesting): Nesting {
    return { ...nesting, jobs: this.#options.slots };
  }
}
