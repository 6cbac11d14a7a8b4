/**
 * Watching a run, and showing how far it is.
 *
 * @module
 */

import { currentRealm, getLogger } from "../../logging/realm.ts";
import type { TerminalStream } from "../../logging/terminal/status_area.ts";
import type {
  EndedCalls,
  RetriedCall,
  RunObserver,
  RunState,
  TaskProgress,
} from "../watching/run_observer.ts";
import {
  BarDisplay,
  LineDisplay,
  ListenerDisplay,
  type ProgressDisplay,
} from "./progress_display.ts";
import type { ProgressOption } from "./progress_option.ts";
import { type Rejection, type RunEnd, runEndOf } from "../watching/run_end.ts";
import { RunMeter } from "./run_meter.ts";

/** How often it is looked how far the run is: the milliseconds between. */
const PAUSE = 100;

/** What stands in the name of the thread in which a program begins. */
const MAIN = "MainProcess";

/** What showing the progress of a run needs to know. */
export interface ProgressOptions {
  /** The name of the `Parallel`. */
  readonly name?: string | undefined;
  /**
   * Where it is shown.
   *
   * @default Deno.stderr
   */
  readonly stream?: TerminalStream;
}

/** Watches one run; ends with it, or when it is disposed. */
export type ProgressObserver = RunObserver & Disposable;

/**
 * Makes what shows how far one run is.
 *
 * @param option What `checkProgress` returned.
 * @param options The name, and where it is shown.
 * @returns What watches the run; `undefined` if nobody wants to know. Nothing is shown, and no timer runs,
 * before its `onStart`.
 */
export function openProgress(
  option: ProgressOption,
  { name, stream = Deno.stderr }: ProgressOptions = {},
): ProgressObserver | undefined {
  if (option === false) return undefined;
  return new ShownProgress(name, (onFailure) => {
    if (option !== true) return new ListenerDisplay(option, onFailure);
    return canDrawBar(stream) ? new BarDisplay(stream) : new LineDisplay(stream);
  });
}

/** Only the program itself: what a worker or a child process draws would be on top of it. */
function canDrawBar(stream: TerminalStream): boolean {
  const isProgram = "Window" in globalThis && currentRealm().origin.processName === MAIN;
  return isProgram && stream.isTerminal() && !isDumb();
}

/** Whether the terminal knows no escape sequences. Deno is not asked for the permission to find out. */
function isDumb(): boolean {
  const permission = { name: "env", variable: "TERM" } as const;
  return Deno.permissions.querySync(permission).state === "granted" &&
    Deno.env.get("TERM") === "dumb";
}

class ShownProgress implements ProgressObserver {
  readonly #name: string | undefined;
  readonly #display: ProgressDisplay;
  #meter: RunMeter | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #failures = 0;

  constructor(
    name: string | undefined,
    makeDisplay: (onFailure: (error: unknown) => void) => ProgressDisplay,
  ) {
    this.#name = name;
    this.#display = makeDisplay(this.#reportFailure);
  }

  onStart(run: RunState): void {
    this.#meter = new RunMeter(run, { name: this.#name });
    const timer = setInterval(this.#tick, PAUSE);
    Deno.unrefTimer(timer);
    this.#timer = timer;
    this.#tick();
  }

  onSettled(_run: RunState, { worker }: EndedCalls): void {
    this.#meter?.settle(worker);
  }

  onRetry(_run: RunState, _retry: RetriedCall): void {
    this.#meter?.retry();
  }

  onTaskProgress(_run: RunState, task: TaskProgress): void {
    this.#meter?.task(task);
  }

  onEnd(run: RunState, rejection?: Rejection): void {
    this.#end(runEndOf(run, rejection));
  }

  [Symbol.dispose](): void {
    this.#end("stopped");
  }

  readonly #tick = (): void => {
    const meter = this.#meter;
    if (meter) this.#try(() => this.#display.update(meter.read()));
  };

  #end(state: RunEnd): void {
    clearInterval(this.#timer);
    const meter = this.#meter;
    this.#meter = undefined;
    if (meter) this.#try(() => this.#display.end(meter.read(state)));
  }

  /** A run does not end because nobody can be told how far it is. */
  #try(show: () => void): void {
    try {
      show();
    } catch (error) {
      this.#reportFailure(error);
    }
  }

  readonly #reportFailure = (error: unknown): void => {
    this.#failures++;
    if (!Number.isInteger(Math.log10(this.#failures))) return;
    getLogger("paralog").exception(
      "Cannot show the progress of a run, %d times so far; the run goes on",
      error,
      this.#failures,
    );
  };
}
