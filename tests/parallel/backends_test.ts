import { testBackend } from "../../src/testing/mod.ts";

testBackend("inline", {
  backend: "inline",
  nJobs: 1,
  noParallel: "calls run one after the other in the caller's own thread",
  noExit: "the caller's own thread would end",
  noEndless: "a call in the caller's own thread can't be stopped, and its timer would be left over",
});

testBackend("workers", { backend: "workers" });
