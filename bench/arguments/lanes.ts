/**
 * How the bare programs of the figure of arguments keep two workers busy.
 *
 * @module
 */

import type { Value } from "./work.ts";

/** A worker that gives back what it is sent, in order. */
export interface Lane {
  /** Sends a value, and waits until it is back. */
  echo(value: Value): Promise<Value>;
}

/** How many values a worker has, so that one is there when it is done with another. */
const AHEAD = 2;

/**
 * Sends values, each to the worker that is the first to have room.
 *
 * @param lanes The workers.
 * @param values What to send.
 * @returns What came back, in the order of the values.
 */
export async function echoAll(lanes: readonly Lane[], values: readonly Value[]): Promise<Value[]> {
  const results = new Array<Value>(values.length);
  let next = 0;
  const run = async (lane: Lane) => {
    while (next < values.length) {
      const place = next++;
      results[place] = await lane.echo(values[place]!); // It is one of them.
    }
  };
  await Promise.all(lanes.flatMap((lane) => Array.from({ length: AHEAD }, () => run(lane))));
  return results;
}
