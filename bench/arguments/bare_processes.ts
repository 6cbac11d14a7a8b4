/**
 * The program behind the rows of bare processes of the figure of arguments: values are written to the
 * pipes of two child processes, and read from them.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { echoAll, type Lane } from "./lanes.ts";
import {
  type ArgumentsInput,
  type ArgumentsOutput,
  type Kind,
  timeLoads,
  type Value,
} from "./work.ts";

const PROCESSES = 2;

class ProcessLane implements Lane, AsyncDisposable {
  readonly #kind: Kind;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamBYOBReader;
  /** Until the answer before is read: answers come in the order of what was sent. */
  #read: Promise<unknown> = Promise.resolve();

  constructor(kind: Kind) {
    this.#kind = kind;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", fileURLToPath(new URL("bare_pipe.ts", import.meta.url))],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.getReader({ mode: "byob" });
  }

  echo(value: Value): Promise<Value> {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    this.#writer.write(new Uint8Array(new Uint32Array([bytes.length]).buffer));
    this.#writer.write(bytes);
    const answer = this.#read.then(() => this.#readExactly(bytes.length));
    this.#read = answer;
    if (this.#kind === "bytes") return answer;
    return answer.then((read) => new TextDecoder().decode(read));
  }

  /** The child gives back as many bytes as it got. */
  async #readExactly(length: number): Promise<Uint8Array<ArrayBuffer>> {
    let view = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const { value } = await this.#reader.read(view.subarray(done));
      if (!value?.length) throw new Error(`a child ended after ${done} of ${length} bytes`);
      done += value.length;
      view = new Uint8Array(value.buffer); // What was given to the reader is detached.
    }
    return view;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#reader.cancel();
    await this.#child.status;
  }
}

async function main(input: ArgumentsInput): Promise<ArgumentsOutput> {
  await using stack = new AsyncDisposableStack();
  const lanes = Array.from({ length: PROCESSES }, () => stack.use(new ProcessLane(input.kind)));
  return await timeLoads(input, (values) => echoAll(lanes, values));
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
