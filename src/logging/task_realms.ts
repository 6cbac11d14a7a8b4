/**
 * The realms of tasks.
 *
 * @module
 */

import type { RecordTally } from "./outcome.ts";
import type { CallerRealm } from "./realm/caller_realm.ts";
import { LazyRealm, type RealmPlan } from "./realm/lazy_realm.ts";
import { originOfTask, type TaskPlace } from "./realm/thread_origin.ts";
import { currentRealm, joinStdLog, Realm } from "./realm.ts";

/** Makes the realms of tasks: clean, with the levels of their caller, to whom go records that find no handler. */
export class TaskRealms implements RealmPlan<Realm, TaskPlace | undefined> {
  /** The realm around them. */
  readonly around: Realm = currentRealm();
  /** The realm that dispatched the tasks. */
  readonly caller: CallerRealm;
  readonly #tally: RecordTally | undefined;

  /**
   * Makes a maker of realms.
   *
   * @param caller The realm that dispatched the tasks.
   * @param tally Counts what becomes of the records that are logged within them.
   */
  constructor(caller: CallerRealm, tally?: RecordTally) {
    this.caller = caller;
    this.#tally = tally;
  }

  /**
   * The realm of a task, which is made when something asks for it; it is not current yet.
   *
   * @param place Which task it is; `undefined` is what a worker runs before its first one.
   */
  of(place: TaskPlace | undefined): TaskRealm {
    joinStdLog();
    return new LazyRealm(this, place);
  }

  make(place: TaskPlace | undefined): Realm {
    const { around } = this;
    const origin = place ? originOfTask(around.origin, place) : around.origin;
    return new Realm({ origin, parent: around, caller: this.caller, tally: this.#tally });
  }
}

/** The realm of a task. */
export type TaskRealm = LazyRealm<Realm, TaskPlace | undefined>;
