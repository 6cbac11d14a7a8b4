/**
 * How a class of ours is made from a configuration.
 *
 * @module
 */

import type { Parameters, Values } from "./parameter.ts";

/** A class of any kind. */
export type Constructor = abstract new (...args: never[]) => unknown;

/** What a configuration can define. */
export type Kind = "formatter" | "filter" | "handler" | "queue" | "listener";

/** How a class is made from a configuration. */
export interface ClassSpec {
  /** The class itself. */
  readonly Class: Constructor;
  /** What it is for. */
  readonly kind: Kind;
  /** Its names in configurations, Python's first. */
  readonly names: readonly string[];
  /** What it takes. */
  readonly parameters: Parameters;
  /** The names of Python's parameters in Python's order, for `args=` of INI files. */
  readonly positional: readonly string[];
  /** The parameter that is wrong if it can't be made though each value is allowed. */
  readonly blames?: string;
  /** The file that is emptied when it is made, if it is there. */
  empties?(values: Readonly<Record<string, unknown>>): string | URL | undefined;
  /**
   * Makes one.
   *
   * @param Class The class, or one that extends it and is made in the same way.
   * @param values What it takes, each as its parameter read it.
   */
  create(Class: Constructor, values: Readonly<Record<string, unknown>>): unknown;
}

/** A specification whose parts fit each other. */
export interface TypedSpec<C extends Constructor, P extends Parameters>
  extends Omit<ClassSpec, "Class" | "parameters" | "empties" | "create"> {
  readonly Class: C;
  readonly parameters: P;
  empties?(values: Values<P>): string | URL | undefined;
  create(Class: C, values: Values<P>): unknown;
}

/**
 * Specifies a class.
 *
 * @param spec What it takes, and how it is made.
 * @returns The same, for the table of all.
 */
export function classSpec<C extends Constructor, P extends Parameters>(
  spec: TypedSpec<C, P>,
): ClassSpec {
  // Sound, because values are read by the very parameters, and classes looked up by the very class.
  return spec as unknown as ClassSpec;
}
