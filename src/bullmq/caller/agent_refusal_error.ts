/**
 * An agent did not run what it was sent.
 *
 * @module
 */

/**
 * An agent did not run a call: its module is not on the agent's list, it asks for more than the agent gives, or it
 * could not be read. The message says which, and what to do.
 *
 * @example
 * ```ts
 * import { AgentRefusalError } from "@paralog/paralog/bullmq";
 *
 * // For `retries`: what was refused once is refused again.
 * export const when = (error: unknown) => !(error instanceof AgentRefusalError);
 * ```
 */
export class AgentRefusalError extends Error {
  /** "AgentRefusalError". */
  override readonly name = "AgentRefusalError";
  /** The name of the agent. */
  readonly agent: string;

  /**
   * Makes the error.
   *
   * @param agent The name of the agent.
   * @param message Why, and what to do.
   */
  constructor(agent: string, message: string) {
    super(`${agent} refuses: ${message}`);
    this.agent = agent;
    // Where it is made says nothing; where the call was dispatched is added to it.
    this.stack = `${this.name}: ${this.message}`;
  }
}
