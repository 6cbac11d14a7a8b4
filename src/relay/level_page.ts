/**
 * The levels of a caller in shared memory, for workers to follow: a change reaches them at their next
 * log call, also while they never yield.
 *
 * The page holds a version, the length of a text, and the text: the levels as JSON. The version is odd
 * from a change on until the text is written, so a reader knows that it has to look again.
 *
 * @module
 */

import type { CallerRealm, LevelTable } from "../logging/realm/caller_realm.ts";

const VERSION = 0;
const LENGTH = 1;
const HEADER_BYTES = 8;

/** Enough for some hundred levels; the page grows when there are more. */
const FIRST_BYTES = 4096;

/** A hundred thousand levels. Address space and no memory, until it is needed. */
const MOST_BYTES = 4 * 1024 * 1024;

/** How long changes may take, in milliseconds, before later ones wait for the code that makes them. */
const MOST_SPENT = 10;

/** How long a log call waits for levels that are being written, in milliseconds. */
const MOST_WAITED = 100;

/** The page of one caller, kept up to date until it is disposed. */
export class LevelPage implements Disposable {
  /** What workers read it from, with {@linkcode SharedLevels}. */
  readonly memory = new SharedArrayBuffer(FIRST_BYTES, { maxByteLength: MOST_BYTES });
  readonly #header = new Int32Array(this.memory, 0, 2);
  readonly #caller: CallerRealm;
  readonly #watch: Disposable;
  #text = "";
  /** Whether the version is odd. */
  #isBeingWritten = false;
  /** How long more changes may take that the code makes which runs now, in milliseconds. */
  #left: number | undefined;

  /**
   * Writes the levels of a caller, and each change of them.
   *
   * @param caller The realm that dispatches tasks.
   */
  constructor(caller: CallerRealm) {
    this.#caller = caller;
    this.refresh();
    this.#watch = caller.watchLevels(() => this.#onChange());
  }

  /**
   * A change is written at once. Where code makes thousands of changes to thousands of levels, the later
   * ones are written together when that code ends; workers that log wait for it.
   */
  #onChange(): void {
    if (this.#left === undefined) {
      this.#left = MOST_SPENT;
      queueMicrotask(() => {
        this.#left = undefined;
        this.refresh();
      });
    }
    if (this.#left <= 0) return this.#begin();
    const start = performance.now();
    this.refresh();
    this.#left -= performance.now() - start;
  }

  /** Writes the levels if they are not what the page says; not every change is told. */
  refresh(): void {
    const text = JSON.stringify([...this.#caller.levels()]);
    if (text === this.#text && !this.#isBeingWritten) return;
    this.#text = text;
    const bytes = new TextEncoder().encode(text);
    const needed = HEADER_BYTES + bytes.length;
    if (needed > MOST_BYTES) return; // Workers keep those that they have.
    if (needed > this.memory.byteLength) this.memory.grow(Math.min(needed * 2, MOST_BYTES));
    this.#begin();
    new Uint8Array(this.memory, HEADER_BYTES, bytes.length).set(bytes);
    Atomics.store(this.#header, LENGTH, bytes.length);
    Atomics.add(this.#header, VERSION, 1);
    Atomics.notify(this.#header, VERSION);
    this.#isBeingWritten = false;
  }

  #begin(): void {
    if (!this.#isBeingWritten) Atomics.add(this.#header, VERSION, 1);
    this.#isBeingWritten = true;
  }

  /** The page is no longer kept up to date. */
  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }
}

/** The pages of those callers whose tasks workers run: one for each, as long as a worker follows it. */
export class LevelPages {
  readonly #pages = new Map<CallerRealm, { readonly page: LevelPage; followers: number }>();

  /**
   * Says that a worker follows a caller from now on.
   *
   * @param caller The realm that dispatches tasks.
   * @returns Its page.
   */
  follow(caller: CallerRealm): LevelPage {
    const known = this.#pages.get(caller);
    if (known) {
      known.followers++;
      return known.page;
    }
    const page = new LevelPage(caller);
    this.#pages.set(caller, { page, followers: 1 });
    return page;
  }

  /**
   * Says that a worker follows a caller no more.
   *
   * @param caller What was given to {@linkcode follow}.
   */
  leave(caller: CallerRealm): void {
    const known = this.#pages.get(caller);
    if (!known || --known.followers > 0) return;
    this.#pages.delete(caller);
    known.page[Symbol.dispose]();
  }
}

/** The levels of a caller as a worker reads them from its page. */
export class SharedLevels {
  readonly #memory: SharedArrayBuffer;
  readonly #header: Int32Array<SharedArrayBuffer>;
  #version = -1;
  /** A version that was waited for in vain. */
  #missed = -1;
  #table: LevelTable = new Map();

  /**
   * Opens a page.
   *
   * @param memory The memory of a {@linkcode LevelPage}.
   */
  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory;
    this.#header = new Int32Array(memory, 0, 2);
  }

  /** The levels as they are now; the same table until one changes. */
  levels(): LevelTable {
    const version = Atomics.load(this.#header, VERSION);
    if (version !== this.#version && version !== this.#missed) this.#read();
    return this.#table;
  }

  /**
   * Calls a function after every change, once this thread yields.
   *
   * @param listener The function.
   * @returns What ends it.
   */
  watchLevels(listener: () => void): Disposable {
    let isWatching = true;
    const watch = async () => {
      for (let seen = Atomics.load(this.#header, VERSION);;) {
        await Atomics.waitAsync(this.#header, VERSION, seen).value;
        if (!isWatching) return;
        const before = seen;
        seen = Atomics.load(this.#header, VERSION); // Before the call: what changes during it counts.
        if (seen !== before) listener();
      }
    };
    watch();
    return {
      [Symbol.dispose]: () => {
        isWatching = false;
        Atomics.notify(this.#header, VERSION); // So that nothing is left that waits.
      },
    };
  }

  #read(): void {
    for (const end = performance.now() + MOST_WAITED;;) {
      const version = Atomics.load(this.#header, VERSION);
      if (version % 2 !== 0) {
        if (performance.now() < end) Atomics.wait(this.#header, VERSION, version, 10);
        else return void (this.#missed = version); // The caller is busy. The levels before count on.
        continue;
      }
      const length = Atomics.load(this.#header, LENGTH);
      const bytes = new Uint8Array(this.#memory, HEADER_BYTES, length).slice();
      if (Atomics.load(this.#header, VERSION) !== version) continue;
      this.#table = new Map(JSON.parse(new TextDecoder().decode(bytes)) as [string, number][]);
      this.#version = version;
      return;
    }
  }
}
