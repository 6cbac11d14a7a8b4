/**
 * What the programs of BullMQ's figures are told besides.
 *
 * @module
 */

/** Where Redis is. */
export interface RedisInput {
  /** Its address. */
  readonly url: string;
  /** The id of its process. */
  readonly redis: number;
}

/** What paralog's programs are told besides. */
export interface RemoteInput extends RedisInput {
  /** How many batches are on their way at once, and how many jobs the agent runs at once. */
  readonly size: number;
}
