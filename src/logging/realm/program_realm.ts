/**
 * What is around the main realm: `@std/log`, as the program set it up.
 *
 * @module
 */

import { type CallerRealm, type LevelTable, ROOT } from "./caller_realm.ts";
import { lastResort } from "./last_resort.ts";
import { LevelWatchers } from "./level_watchers.ts";
import { handleNested } from "./nesting.ts";
import type { RecordOutcome } from "../outcome.ts";
import type { LogRecord } from "../record.ts";
import {
  handleByStdLog,
  isJoined,
  isSetUp,
  joinedState,
  joinStdLog,
  type StdLogHost,
  type StdLogState,
  type StdLogWatcher,
  unjoinedState,
} from "../std_log.ts";

/** A realm that can be joined with `@std/log`. */
interface JoinableRealm extends StdLogHost {
  stdLog: StdLogState;
  /** This realm, or the nearest one around it that has not ended. */
  alive(): JoinableRealm;
}

/** Finds the realms of this thread. */
interface RealmFinder {
  /** The one that is current where this is called. */
  readonly current: () => JoinableRealm;
  /** The realm of the program itself. */
  readonly main: () => JoinableRealm;
}

/**
 * Around the main realm there is what the program set `@std/log` up with, if it did; otherwise there is
 * the last resort.
 */
export class ProgramRealm implements CallerRealm {
  readonly #realms: RealmFinder;
  readonly #watchers = new LevelWatchers();
  readonly #stdLogWatcher: StdLogWatcher = {
    onSetup: () => this.#onSetup(),
    onLog: () => this.joinStdLog(),
    onChange: () => this.#watchers.notify(),
  };
  /** Where `log.setup` of `@std/log` was called last. */
  #setUpIn: JoinableRealm | undefined;

  constructor(realms: RealmFinder) {
    this.#realms = realms;
  }

  levels(): LevelTable {
    return new Map([[ROOT, this.levelOf(ROOT)]]);
  }

  levelOf(name: string): number {
    return this.#stdLog()?.level ?? lastResort.levelOf(name);
  }

  watchLevels(listener: () => void): Disposable {
    this.joinStdLog(); // Otherwise nothing is heard of a change.
    return this.#watchers.add(listener);
  }

  receive(record: LogRecord): RecordOutcome {
    const state = this.#stdLog();
    if (!state) return lastResort.receive(record);
    return handleNested(record, () => handleByStdLog(state, record));
  }

  /**
   * Lets `@std/log` answer for the current realm. What it was set up with until now stays in force in
   * the realm that called `log.setup`; at the start, in the main realm.
   */
  joinStdLog(): void {
    const { current, main } = this.#realms;
    const found = joinStdLog(current, this.#stdLogWatcher);
    if (!found) return;
    const realm = (this.#setUpIn ?? main()).alive();
    realm.stdLog = realm === main() && !isJoined(realm.stdLog)
      ? found
      : joinedState(current, found);
  }

  /** From the first handler of the main root on, `@std/log` logs into the main realm too. */
  onMainConfigured(): void {
    this.joinStdLog();
    const main = this.#realms.main();
    if (isJoined(main.stdLog)) return;
    main.stdLog = joinedState(this.#realms.current, main.stdLog);
    this.#watchers.notify();
  }

  #onSetup(): void {
    this.#setUpIn = this.#realms.current();
    if (this.#watchers.size === 0) return;
    queueMicrotask(() => { // `log.setup` has set the level then.
      this.joinStdLog();
      this.#watchers.notify();
    });
  }

  /** What the program set `@std/log` up with, as long as our main root has no handler. */
  #stdLog(): StdLogState | undefined {
    const main = this.#realms.main();
    if (isJoined(main.stdLog)) return undefined;
    const state = unjoinedState() ?? main.stdLog;
    return isSetUp(state) ? state : undefined;
  }
}
