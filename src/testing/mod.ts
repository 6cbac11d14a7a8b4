/**
 * The contract of backends, as tests: for those who write a {@linkcode Backend} of their own.
 *
 * @example
 * ```ts ignore
 * import { testBackend } from "@paralog/paralog/testing";
 * import { MyBackend } from "./my_backend.ts";
 *
 * testBackend("my backend", { backend: new MyBackend() });
 * ```
 *
 * @module
 */

export type { SkippedTests, Subject } from "./subject.ts";
export { testBackend } from "./test_backend.ts";
