/**
 * The runs of a caller that are under way: what they log is read, and their levels are told.
 *
 * @module
 */

import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { LevelTable } from "../../logging/realm/caller_realm.ts";
import { LevelPusher } from "../../relay/pushed_levels.ts";

/** What a run is followed with. */
export interface RunFollower {
  /** Begins to read what the run logs. */
  follow(run: string): void;
  /** Ends that, and removes what is left of the run. */
  leave(run: string): void;
  /** Tells agents of levels. */
  tellLevels(run: string, levels: LevelTable): Promise<void>;
}

/** A run, and how many workers have batches of it. */
interface FollowedRun {
  workers: number;
  readonly watch: Disposable;
}

/** Follows each run as long as a worker has to do with it. */
export class FollowedRuns {
  readonly #follower: RunFollower;
  readonly #runs = new Map<string, FollowedRun>();

  /**
   * Begins without runs.
   *
   * @param follower How a run is followed.
   */
  constructor(follower: RunFollower) {
    this.#follower = follower;
  }

  /**
   * A worker gets batches of a run.
   *
   * @param run What the run is called in Redis.
   * @param caller The realm that dispatched it.
   */
  enter(run: string, caller: CallerRealm): void {
    const known = this.#runs.get(run);
    if (known) {
      known.workers++;
      return;
    }
    const levels = new LevelPusher((onSent) => {
      const told = this.#follower.tellLevels(run, caller.levels());
      told.then(onSent, onSent); // It fails when the connection is closed, and then nobody listens.
    });
    const watch = caller.watchLevels(() => levels.changed());
    this.#runs.set(run, { workers: 1, watch });
    this.#follower.follow(run);
  }

  /** A worker gets no more batches of a run. */
  leave(run: string): void {
    const known = this.#runs.get(run);
    if (!known || --known.workers > 0) return;
    known.watch[Symbol.dispose]();
    this.#runs.delete(run);
    this.#follower.leave(run);
  }
}
