/**
 * A process that adds one to numbers, and the two pipes to it: the least there can be between a worker and a function
 * that runs in a process. The process runs this file, too.
 */

import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const CHILD = "child";
const program = fileURLToPath(import.meta.url);

/** The process, from the side of the worker. It takes one number at a time. */
export class BareProcess {
  #child = spawn(process.execPath, [...process.execArgv, program, CHILD], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  #resolve = () => {};

  constructor() {
    this.#child.stdout.on("data", (bytes) => this.#resolve(JSON.parse(bytes)));
  }

  /**
   * Adds one.
   *
   * @param {number} x The number.
   * @returns {Promise<number>} What came back.
   */
  run(x) {
    const { promise, resolve } = Promise.withResolvers();
    this.#resolve = resolve;
    this.#child.stdin.write(JSON.stringify(x));
    return promise;
  }
}

if (process.argv[2] === CHILD) {
  // The end of the worker is that of its process.
  process.stdin.on("data", (bytes) => process.stdout.write(JSON.stringify(JSON.parse(bytes) + 1)));
}
