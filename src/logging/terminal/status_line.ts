/**
 * Keeping lines, such as a progress bar, at the bottom of a terminal to which others write as well.
 *
 * Handlers write with {@linkcode writeAbove}, so that neither their lines nor those below are torn. The same
 * holds for what the program prints with `console`. What goes to the terminal in another way (a program
 * that a task has started) can only be repaired: the lines are drawn again every second.
 *
 * @module
 */

import { type SyncWriter, writeWhole } from "../write_whole.ts";
import { aroundConsole } from "./around_console.ts";
import { CLEAR, type Status, StatusArea, type TerminalStream } from "./status_area.ts";

/** What stands between those that write to a terminal and the lines at its bottom. */
interface Writing {
  write(writer: SyncWriter, text: string): void;
}

/** The streams of terminals that have such lines, and who takes care of them. */
const writings = new WeakMap<SyncWriter, Writing>();

/**
 * Writes a whole text, as {@linkcode writeWhole} does; lines at the bottom of the same terminal stay there.
 *
 * @param writer Where to write.
 * @param text What to write.
 * @throws {Error} What the writer throws, and if it takes nothing.
 */
export function writeAbove(writer: SyncWriter, text: string): void {
  const writing = writings.get(writer);
  if (writing) writing.write(writer, text);
  else writeWhole(writer, text);
}

/**
 * Whether a stream is a terminal.
 *
 * @param stream Any stream.
 */
export function isTerminal(stream: SyncWriter): stream is TerminalStream {
  return "isTerminal" in stream && typeof stream.isTerminal === "function" && stream.isTerminal();
}

/** Lines that are kept at the bottom of a terminal until they are closed. */
export interface StatusLine {
  /** Draws them as they are now, unless that was done a moment ago. */
  redraw(): void;
  /** Takes them away and leaves the last line. To do it again changes nothing. */
  close(): void;
}

/**
 * Keeps lines at the bottom of a terminal. Those that are there already stay above them. When the program
 * ends, the last line is left.
 *
 * @param stream The terminal.
 * @param status What is drawn.
 * @returns What draws and closes them; nothing is drawn before the first `redraw`.
 *
 * @example
 * ```ts
 * import { openStatus } from "./status_line.ts";
 *
 * const started = performance.now();
 * const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
 * const status = openStatus(Deno.stderr, {
 *   lines: () => [`waiting for ${seconds()}`],
 *   last: () => `waited for ${seconds()}`,
 * });
 * status.redraw();
 * console.log("This line is written above.");
 * status.close();
 * ```
 */
export function openStatus(stream: TerminalStream, status: Status): StatusLine {
  const known = writings.get(stream);
  const kept = known instanceof KeptArea ? known : new KeptArea(stream);
  kept.area.add(status);
  let isOpen = true;
  return {
    redraw: () => {
      if (isOpen && !kept.hasEnded) kept.area.redraw();
    },
    close: () => {
      if (isOpen && !kept.hasEnded) kept.remove(status);
      isOpen = false;
    },
  };
}

/** The bottom of a terminal, for as long as something has lines there. */
class KeptArea implements Writing {
  readonly area: StatusArea;
  readonly #streams: readonly SyncWriter[];
  readonly #printing: Disposable | undefined;
  #hasEnded = false;

  constructor(stream: TerminalStream) {
    this.area = new StatusArea(stream);
    const isOurs = stream === Deno.stderr || stream === Deno.stdout;
    // In nearly all cases both are the same terminal; where not, one is cleared for nothing.
    const terminals = isOurs ? standardTerminals() : [];
    this.#streams = terminals.includes(stream) ? terminals : [stream, ...terminals];
    for (const each of this.#streams) writings.set(each, this);
    if (isOurs) {
      this.#printing = aroundConsole(
        () => this.area.beginPrinting(),
        () => this.area.endPrinting(),
      );
    }
    addEventListener("unload", this.#end);
    addEventListener("error", this.#hold);
    addEventListener("unhandledrejection", this.#hold);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  write(writer: SyncWriter, text: string): void {
    this.area.write(writer, text);
  }

  remove(status: Status): void {
    try {
      this.area.remove(status);
    } finally {
      if (this.area.isEmpty) this.#letGo();
    }
  }

  readonly #hold = (): void => this.area.hold();

  readonly #end = (): void => {
    try {
      this.area.removeAll();
    } finally {
      this.#letGo();
    }
  };

  #letGo(): void {
    this.#hasEnded = true;
    for (const each of this.#streams) writings.delete(each);
    this.#printing?.[Symbol.dispose]();
    removeEventListener("unload", this.#end);
    removeEventListener("error", this.#hold);
    removeEventListener("unhandledrejection", this.#hold);
  }
}

/**
 * Whether lines are kept at the bottom of the terminal of stderr: here, or by the caller of this worker. Those
 * that are started now are to {@linkcode expectStatus}.
 */
export function isStatusKept(): boolean {
  return writings.has(Deno.stderr);
}

/**
 * Says in a worker or a child process that the caller keeps lines at the bottom of the terminal: what is
 * written or printed here clears them first, and the caller draws them again. Without it such a line would
 * stand in the middle of them.
 *
 * @returns What takes it back. Does nothing where stderr is no terminal.
 */
export function expectStatus(): Disposable {
  if (!Deno.stderr.isTerminal()) return { [Symbol.dispose]() {} };
  const distant = new DistantArea();
  const streams = standardTerminals().filter((stream) => !writings.has(stream));
  for (const each of streams) writings.set(each, distant);
  const printing = aroundConsole(() => distant.clear(), () => {});
  return {
    [Symbol.dispose]() {
      printing[Symbol.dispose]();
      for (const each of streams) {
        if (writings.get(each) === distant) writings.delete(each);
      }
    },
  };
}

/** The lines that another thread or process keeps. */
class DistantArea implements Writing {
  #isMidLine = false;

  write(writer: SyncWriter, text: string): void {
    writeWhole(writer, this.#isMidLine ? text : CLEAR + text);
    if (text !== "") this.#isMidLine = !text.endsWith("\n");
  }

  clear(): void {
    if (!this.#isMidLine) writeWhole(Deno.stderr, CLEAR);
  }
}

function standardTerminals(): TerminalStream[] {
  return [Deno.stderr, Deno.stdout].filter((stream) => stream.isTerminal());
}
