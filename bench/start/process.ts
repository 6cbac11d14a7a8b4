/**
 * A bare process, which prints a line.
 *
 * @module
 */

console.log(1 + 1);
