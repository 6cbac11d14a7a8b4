import { testBackend } from "../../src/testing/mod.ts";

testBackend("processes", {
  backend: "processes",
  noSharedMemory: "a process shares no memory with another one",
  closing: { kind: "exit", code: 0 },
});
