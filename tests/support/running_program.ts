import { ROOT } from "./run_deno.ts";

/** A program that runs until it is told to end, such as a server; its lines can be waited for. */
export class RunningProgram implements AsyncDisposable {
  /** The lines that it printed so far. */
  readonly stdout: string[] = [];
  /** The lines that it wrote to stderr so far. */
  readonly stderr: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  readonly #waiting = new Set<() => void>();
  #hasEnded = false;

  /** Starts Deno without a terminal, in the root of the project. */
  constructor(args: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = Promise.all([
      this.#read(this.#child.stdout, this.stdout),
      this.#read(this.#child.stderr, this.stderr),
    ]).finally(() => {
      this.#hasEnded = true;
      this.#notify();
    });
  }

  /** Waits until a condition holds, looking whenever a line came. */
  async until(condition: (program: this) => boolean): Promise<void> {
    while (!condition(this)) {
      if (this.#hasEnded) {
        throw new Error(`It ended early: ${[...this.stdout, ...this.stderr].join("\n")}`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Waits for a line on stdout, and gives what the pattern's first group found in it. */
  async find(pattern: RegExp): Promise<string> {
    const search = () => this.stdout.map((line) => pattern.exec(line)?.[1]).find(Boolean);
    await this.until(() => search() !== undefined);
    return search() ?? "";
  }

  /** Presses Ctrl+C, and waits for the end. */
  async interrupt(): Promise<number> {
    this.#child.kill("SIGINT");
    return await this.end();
  }

  /** Waits for the end, and gives the exit code. */
  async end(): Promise<number> {
    await this.#reading;
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.end();
  }

  async #read(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of stream) {
      const [first = "", ...more] = decoder.decode(chunk, { stream: true }).split("\n");
      rest += first;
      for (const part of more) {
        lines.push(rest);
        rest = part;
      }
      this.#notify();
    }
    if (rest !== "") lines.push(rest);
  }

  #notify(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
