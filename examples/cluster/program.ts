/**
 * A program that the example starts: its lines are printed behind its name, and it is ended with the
 * example.
 *
 * @module
 */

/** How a program is started. */
export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** What it reads as its input. */
  readonly input?: string;
  /** Whether its lines are kept until `printHeld` is called. */
  readonly isQuiet?: boolean;
  /** How it is asked to end. It is killed if it has not ended 10 s later. */
  readonly signal?: "SIGINT" | "SIGTERM";
}

/** A program, from its start to its end. */
export class Program implements AsyncDisposable {
  readonly name: string;
  readonly #signal: "SIGINT" | "SIGTERM";
  /** What was not printed. */
  readonly #held: string[] | undefined;
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  readonly #watchers = new Set<(line: string) => void>();

  /**
   * Starts it. Ctrl-C on the terminal is for the example, not for its programs: it decides in which order they
   * end.
   *
   * @param name What stands before each of its lines.
   * @param options How it is started.
   * @throws {Deno.errors.NotFound} If there is no such command.
   */
  constructor(name: string, options: ProgramOptions) {
    const { command, args, env, input, isQuiet = false, signal = "SIGTERM" } = options;
    this.name = name;
    this.#signal = signal;
    this.#held = isQuiet ? [] : undefined;
    this.#child = new Deno.Command(command, {
      args: [...args],
      env,
      stdin: input === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      detached: Deno.build.os !== "windows",
    }).spawn();
    const outputs = [this.#child.stdout, this.#child.stderr];
    this.#reading = Promise.all(outputs.map((output) => this.#read(output)));
    // A program that ends at once does not read it; how it ended is known from `ended`.
    if (input !== undefined) new Blob([input]).stream().pipeTo(this.#child.stdin).catch(() => {});
  }

  /** The number of its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** When it has ended and all its lines are printed: its exit code. */
  get ended(): Promise<number> {
    return this.#reading.then(async () => (await this.#child.status).code);
  }

  /** Prints what it has not printed so far. */
  printHeld(): void {
    for (const line of this.#held?.splice(0) ?? []) this.#print(line);
  }

  /**
   * Waits for a line.
   *
   * @param pattern What is in the line.
   * @returns Whether it came before the program ended.
   */
  async line(pattern: RegExp): Promise<boolean> {
    const found = Promise.withResolvers<true>();
    const watcher = (line: string) => pattern.test(line) && found.resolve(true);
    this.#watchers.add(watcher);
    try {
      return await Promise.race([found.promise, this.ended.then(() => false)]);
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Kills it; nothing in it can prevent that. */
  kill(): void {
    this.#send("SIGKILL");
  }

  /** Asks it to end, and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#send(this.#signal);
    const timer = setTimeout(() => this.kill(), 10_000);
    await this.ended;
    clearTimeout(timer);
  }

  #send(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // It has ended already.
    }
  }

  async #read(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
    }
    if (rest !== "") this.#take(rest);
  }

  #take(line: string): void {
    if (this.#held) this.#held.push(line);
    else this.#print(line);
    for (const watcher of this.#watchers) watcher(line);
  }

  #print(line: string): void {
    console.log(`${this.name.padEnd(7)} | ${line}`);
  }
}
