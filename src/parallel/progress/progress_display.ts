/**
 * Where the progress of a run is shown: a bar on a terminal, whole lines elsewhere, or a listener.
 *
 * @module
 */

import type { TerminalStream } from "../../logging/terminal/status_area.ts";
import { openStatus, type StatusLine, writeAbove } from "../../logging/terminal/status_line.ts";
import type { ProgressListener, RunProgress } from "./progress_option.ts";
import { barLines, plainLine } from "./progress_text.ts";

/** What shows how far a run is. */
export interface ProgressDisplay {
  /** Shows it, if it is time to. May throw. */
  update(progress: RunProgress): void;
  /** Shows how it ended. May throw. */
  end(progress: RunProgress): void;
}

/** The pauses between lines, in milliseconds: the first, and the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
/** How often a listener is called although nothing has changed, in milliseconds. */
const LISTENER_PAUSE = 1000;

/** A bar at the bottom of a terminal. */
export class BarDisplay implements ProgressDisplay {
  readonly #stream: TerminalStream;
  readonly #colors = !Deno.noColor;
  #progress: RunProgress | undefined;
  #status: StatusLine | undefined;

  /**
   * Begins without a bar.
   *
   * @param stream The terminal.
   */
  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  update(progress: RunProgress): void {
    this.#progress = progress;
    this.#status ??= openStatus(this.#stream, {
      lines: (columns) => this.#lines(columns, this.#progress),
      last: (columns) => this.#last(columns),
    });
    this.#status.redraw();
  }

  end(progress: RunProgress): void {
    this.update(progress);
    this.#status?.close();
  }

  /** Of a run that has not ended, the program is about to end. */
  #last(columns: number): string {
    const progress = this.#progress;
    const [line = ""] = this.#lines(
      columns,
      progress?.state === "running" ? { ...progress, state: "stopped" } : progress,
    );
    return line;
  }

  #lines(columns: number, progress: RunProgress | undefined): readonly string[] {
    return progress ? barLines(progress, { columns, colors: this.#colors }) : [];
  }
}

/** Whole lines, less and less often. */
export class LineDisplay implements ProgressDisplay {
  readonly #stream: TerminalStream;
  #pause = FIRST_PAUSE;
  #next = FIRST_PAUSE;
  #shown = "";

  /**
   * Begins without lines.
   *
   * @param stream Where they are written.
   */
  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  update(progress: RunProgress): void {
    if (progress.elapsed < this.#next) return;
    const { done, failed, retried } = progress;
    const changing = `${done} ${failed} ${retried}`;
    if (changing === this.#shown) return;
    this.#shown = changing;
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    this.#next = progress.elapsed + this.#pause;
    this.#write(progress);
  }

  end(progress: RunProgress): void {
    this.#write(progress);
  }

  #write(progress: RunProgress): void {
    writeAbove(this.#stream, `${plainLine(progress)}\n`);
  }
}

/** A function of the user. */
export class ListenerDisplay implements ProgressDisplay {
  readonly #listener: ProgressListener;
  readonly #onFailure: (error: unknown) => void;
  #told: RunProgress | undefined;

  /**
   * Begins without telling anything.
   *
   * @param listener Is told how far the run is.
   * @param onFailure Is told of the failure of a listener that is an async function.
   */
  constructor(listener: ProgressListener, onFailure: (error: unknown) => void) {
    this.#listener = listener;
    this.#onFailure = onFailure;
  }

  update(progress: RunProgress): void {
    if (this.#told && isSame(this.#told, progress)) return;
    this.end(progress);
  }

  end(progress: RunProgress): void {
    this.#told = progress;
    const told: unknown = this.#listener(progress);
    // Of an async function; its failure must not end the program.
    if (told instanceof Promise) told.catch(this.#onFailure);
  }
}

/** Whether nothing has changed but the time, and not much of that has passed. */
function isSame(before: RunProgress, now: RunProgress): boolean {
  return before.done === now.done && before.failed === now.failed &&
    before.retried === now.retried && before.running === now.running &&
    before.total === now.total && before.tasks.length === now.tasks.length &&
    before.tasks.every((task, place) => task === now.tasks[place]) &&
    now.elapsed - before.elapsed < LISTENER_PAUSE;
}
