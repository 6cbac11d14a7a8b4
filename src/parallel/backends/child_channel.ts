/**
 * A child process and the two pipes that lead to it. Its own input is empty; its output and its errors
 * go where those of this program go.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { takeBuffers } from "../../relay/clone_bytes.ts";
import { type Frame, framesOf } from "../../relay/pipe_frame.ts";
import { PipeReader } from "../../relay/pipe_reader.ts";
import { encodeMessage } from "../wire/process_message.ts";
import type { ToProcess } from "../wire/process_wire.ts";
import type { ChildEnd } from "./child_end.ts";
import type { Reaper } from "./reaper.ts";

/** Who is told what comes from a process. */
export interface ChildListener {
  /** Gets each frame; its bytes are lent. */
  onFrame(frame: Frame): void;
  /** Is told of the end of the process, once all frames are read. */
  onEnd(end: ChildEnd): void;
  /**
   * Gets what the process writes to its stdout and stderr; the bytes are lent.
   *
   * @default it goes where the output of this program goes
   */
  onOutput?(stream: OutputStream, chunk: Uint8Array): void;
}

/** What a process prints to. */
export type OutputStream = "stdout" | "stderr";

/**
 * How long nothing must come, in milliseconds, for the pipe of a process that has ended to be empty,
 * although it is still open: processes that a task has started keep it.
 */
const QUIET = 100;

/**
 * How long the end of a process is waited for, in milliseconds, when its pipe is closed or it was killed.
 * After the one it is killed; after the other it is given up: the system may be unable to end it.
 */
const END_WAIT = 1000;

/** How often that is waited for: what the process itself wrote, which its pipe can hold, was read long ago. */
const MOST_WAITS = 20;

/** The pipes to a process. Of pipes that are asked for, both ends can be read and written. */
interface Pipes {
  readonly records: Socket;
  readonly calls: Socket;
}

/** Options of {@linkcode ChildChannel.send}. */
export interface SendOptions {
  /** Buffers in the message whose bytes are sent beside it. */
  readonly buffers?: readonly ArrayBuffer[];
  /** What is moved and not copied: it is detached afterwards. */
  readonly moved?: readonly Transferable[];
  /** Is called when the message has left this program, or never will. */
  readonly onSent?: () => void;
}

/** Starts a process, and reads what it sends. */
export class ChildChannel {
  readonly #listener: ChildListener;
  readonly #reader = new PipeReader();
  readonly #reaper: Reaper;
  readonly #child: ChildProcess;
  /** There are none if the process could not be started. */
  readonly #pipes: Pipes | undefined;
  /** Its stdout and stderr, where they do not go past this program. */
  readonly #outputs: Socket[] = [];
  #received = 0;
  #sent = 0;
  #failure: ChildEnd | undefined;
  #exit: ChildEnd | undefined;
  #isPipeOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts a process. It keeps the program alive, until {@linkcode unref} says otherwise. It never
   * outlives the program.
   *
   * @param args The arguments for Deno.
   * @param listener Who is told what comes from it; also, that it could not be started.
   * @param reaper Ends it when the program is killed.
   */
  constructor(args: readonly string[], listener: ChildListener, reaper: Reaper) {
    this.#listener = listener;
    this.#reaper = reaper;
    const output = listener.onOutput ? "pipe" : "inherit";
    this.#child = spawn(Deno.execPath(), args, {
      stdio: ["ignore", output, output, "pipe", "pipe"],
      // Ctrl-C goes to all processes of a terminal's foreground group. What it means to tasks is up to the
      // program. On Windows, such a process could not even print.
      detached: Deno.build.os !== "windows",
    });
    if (this.#child.pid !== undefined) reaper.watch(this.#child.pid);
    this.#child.on("error", (error) => this.#onExit({ kind: "error", error }));
    this.#child.on("exit", (code, signal) => {
      this.#onExit(signal ? { kind: "signal", signal } : { kind: "exit", code: code ?? 0 });
    });
    const [, stdout, stderr, records, calls] = this.#child.stdio ?? [];
    this.#passOn("stdout", stdout as Socket | null);
    this.#passOn("stderr", stderr as Socket | null);
    this.#isPipeOver = !records || !calls;
    if (!records || !calls) return; // The error is on its way.
    // The casts: the pipes of a child are sockets; the types promise no more than streams.
    this.#pipes = { records: records as Socket, calls: calls as Socket };
    this.#pipes.records.on("data", (chunk: Uint8Array) => this.#onChunk(chunk));
    this.#pipes.records.on("error", (error) => this.#fail(error));
    this.#pipes.records.on("close", () => this.#onPipeOver());
    this.#pipes.calls.on("error", () => {}); // The process has ended, as it says itself.
    // Its end would shut it down, and Deno never lets go of a pipe that is closed before that is done.
    this.#pipes.calls.allowHalfOpen = true;
    addEventListener("unload", this.#onUnload);
  }

  #passOn(name: OutputStream, stream: Socket | null | undefined): void {
    if (!stream) return;
    this.#outputs.push(stream);
    stream.on("data", (chunk: Uint8Array) => this.#listener.onOutput?.(name, chunk));
    stream.on("error", () => {}); // The process has ended, as it says itself.
  }

  /**
   * Sends a message.
   *
   * @param message The message.
   * @param options What goes beside it, and who is told when it has left.
   * @throws {Error} If it can't be sent: see {@linkcode encodeMessage}.
   */
  send(message: ToProcess, { buffers = [], moved = [], onSent }: SendOptions = {}): void {
    const payload = encodeMessage(message, buffers);
    const parts = framesOf("message", payload, takeBuffers(buffers, moved));
    const last = parts.pop();
    for (const part of parts) this.#write(part);
    if (last) this.#write(last, onSent);
  }

  #write(bytes: Uint8Array, onSent?: () => void): void {
    this.#sent += bytes.length;
    this.#pipes?.calls.write(bytes, onSent);
  }

  /**
   * Kills the process; nothing in it can prevent that.
   *
   * @param withGroup Whether that goes for all processes that it has started, too.
   */
  kill(withGroup = false): void {
    if (this.#exit) return;
    if (withGroup && this.#child.pid !== undefined) this.#reaper.killGroup(this.#child.pid);
    this.#child.kill("SIGKILL");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onExit({ kind: "signal", signal: "SIGKILL" }), END_WAIT);
  }

  /** The process keeps this program alive. */
  ref(): void {
    for (const part of this.#parts()) part.ref();
  }

  /** The process does not keep this program alive. It ends with it. */
  unref(): void {
    for (const part of this.#parts()) part.unref();
  }

  #parts(): (ChildProcess | Socket)[] {
    if (!this.#pipes) return [];
    return [this.#child, this.#pipes.records, this.#pipes.calls, ...this.#outputs];
  }

  /** A process that does not yield would not notice that its program has ended. */
  readonly #onUnload = () => void this.#child.kill("SIGKILL");

  /** How many bytes went to the process and came from it. */
  get bytes(): { readonly sent: number; readonly received: number } {
    return { sent: this.#sent, received: this.#received };
  }

  #onChunk(chunk: Uint8Array): void {
    this.#received += chunk.length;
    if (this.#failure) return; // Nothing that follows can be understood.
    try {
      for (const frame of this.#reader.read(chunk)) this.#listener.onFrame(frame);
    } catch (cause) {
      this.#fail(
        new TypeError(
          `Cannot read what process ${this.#child.pid} sent: the pipe holds what paralog did not ` +
            "write. Leave the file descriptors 3 and 4 of a process alone",
          { cause },
        ),
      );
    }
  }

  /** The process is of no use any more, and neither is what others still write into its pipe. */
  #fail(error: unknown): void {
    this.#failure ??= { kind: "error", error };
    this.kill();
    this.#pipes?.records.destroy();
  }

  #onExit(exit: ChildEnd): void {
    if (this.#exit) return;
    this.#exit = exit;
    clearTimeout(this.#timer);
    if (this.#isPipeOver) this.#tellEnd(exit);
    else this.#waitForQuiet(MOST_WAITS);
  }

  #onPipeOver(): void {
    this.#isPipeOver = true;
    if (this.#exit) this.#tellEnd(this.#exit);
    else this.#timer ??= setTimeout(() => this.kill(), END_WAIT); // It may be the task that closed it.
  }

  /** All that the process wrote is in the pipe; it is read once nothing more comes. */
  #waitForQuiet(waits: number): void {
    const before = this.#received;
    this.#timer = setTimeout(async () => {
      // This thread may have been blocked: what is there has its turn first.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (this.#isPipeOver) return;
      if (this.#received !== before && waits > 1) this.#waitForQuiet(waits - 1);
      else this.#pipes?.records.destroy();
    }, QUIET);
  }

  async #tellEnd(exit: ChildEnd): Promise<void> {
    clearTimeout(this.#timer);
    removeEventListener("unload", this.#onUnload);
    this.#pipes?.calls.destroy();
    if (this.#child.pid !== undefined) await this.#reaper.release(this.#child.pid);
    await this.#outputsRead();
    this.#listener.onEnd(this.#failure ?? exit);
  }

  /** What the process has printed is read, too; processes that it has started may keep these pipes. */
  async #outputsRead(): Promise<void> {
    const open = this.#outputs.filter((stream) => !stream.closed);
    if (open.length === 0) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, QUIET);
    const closed = open.map((stream) => new Promise((done) => stream.once("close", done)));
    await Promise.race([Promise.all(closed), late]);
    clearTimeout(timer);
    for (const stream of open) stream.destroy();
  }
}
