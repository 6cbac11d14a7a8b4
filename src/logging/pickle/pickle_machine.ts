/**
 * The machine that a pickle is a program for: a stack, marks on it, and a memo. Where Python's
 * would import, call and build, it puts something inert in place of the result.
 *
 * @module
 */

import type { PickleSource } from "./pickle_source.ts";
import { type PicklePlace, PythonObject, resultOfCall } from "./python_object.ts";

/** Python's pickle machine, for plain data. Its dictionaries are maps. */
export class PickleMachine {
  readonly source: PickleSource;
  /** What is read right now. */
  place: PicklePlace = { opcode: "", position: 0 };
  /** How much may be copied, in values and bytes: a pickle that Python wrote copies nothing twice. */
  #copiesLeft: number;
  readonly #stack: unknown[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(source: PickleSource) {
    this.source = source;
    this.#copiesLeft = source.left;
  }

  /** The one value that is left at the end. */
  result(): unknown {
    const value = this.pop();
    if (this.#stack.length > 0) throw this.source.error("values are left on the stack");
    if (this.source.left > 0) throw this.source.error(`${this.source.left} bytes follow the end`);
    return value;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  /** Takes the topmost value above the last mark. */
  pop(): unknown {
    this.#check(1);
    return this.#stack.pop();
  }

  /** Takes that many of the topmost values, the lowest first. */
  popMany(count: number): unknown[] {
    this.#check(count);
    return this.#stack.splice(this.#stack.length - count);
  }

  /** The topmost value, which stays. */
  top(): unknown {
    this.#check(1);
    return this.#stack.at(-1);
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** Takes all values above the last mark, and the mark. */
  popToMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.source.error("there is no mark");
    return this.#stack.splice(mark);
  }

  /** Takes what is topmost: a value or a mark. */
  popAnything(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }

  /** Keeps the topmost value under a number; without one, under the next. */
  memoize(index: number | bigint = this.#memo.size): void {
    this.#memo.set(Number(index), this.top());
  }

  /** Pushes what was kept under a number. */
  recall(index: number | bigint): void {
    const key = Number(index);
    if (!this.#memo.has(key)) throw this.source.error(`nothing was kept as number ${index}`);
    this.push(this.#memo.get(key));
  }

  /** Pushes what stands for a class or function. */
  pushObject(name: string): void {
    this.push(new PythonObject(name, this.place));
  }

  /** Puts something in place of a class or function and its arguments. */
  call(called: unknown, args: unknown): void {
    if (!(called instanceof PythonObject) || !Array.isArray(args)) {
      throw this.refusal("calls something");
    }
    this.push(resultOfCall(called, args, (copied) => {
      this.#copiesLeft -= copied;
      if (this.#copiesLeft < 0) throw this.source.error("it makes more data than it has");
    }));
  }

  /** Lets go of the state of an object. */
  build(): void {
    this.pop();
    if (!(this.top() instanceof PythonObject)) throw this.refusal("changes an object");
  }

  /** The error for what is refused whatever it is for. */
  refusal(what: string): Error {
    return this.source.error(`${what}; only plain data is accepted`);
  }

  append(values: readonly unknown[]): void {
    const list = this.top();
    if (list instanceof PythonObject) return; // A list of a class of its own.
    if (!Array.isArray(list)) throw this.source.error("values for a list, and there is none");
    for (const value of values) list.push(value);
  }

  add(values: readonly unknown[]): void {
    const set = this.top();
    if (set instanceof PythonObject) return;
    if (!(set instanceof Set)) throw this.source.error("values for a set, and there is none");
    for (const value of values) set.add(value);
  }

  setItems(pairs: readonly unknown[]): void {
    const dict = this.top();
    if (dict instanceof PythonObject) return;
    if (!(dict instanceof Map)) throw this.source.error("items for a dict, and there is none");
    for (const [key, value] of this.toDict(pairs)) dict.set(key, value);
  }

  /** Makes a dict of keys and values that follow each other. */
  toDict(pairs: readonly unknown[]): Map<unknown, unknown> {
    if (pairs.length % 2 === 1) throw this.source.error("a key without a value");
    const dict = new Map<unknown, unknown>();
    for (let at = 0; at < pairs.length; at += 2) dict.set(pairs[at], pairs[at + 1]);
    return dict;
  }

  #check(count: number): void {
    const above = this.#stack.length - (this.#marks.at(-1) ?? 0);
    if (above < count) throw this.source.error("the stack is empty");
  }
}
