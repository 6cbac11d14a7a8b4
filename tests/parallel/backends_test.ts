import { testBackend } from "../support/backend_contract.ts";

testBackend("inline", {
  backend: "inline",
  nJobs: 1,
  noExit: "the caller's own thread would end",
  noEndless: "a call in the caller's own thread can't be stopped, and its timer would be left over",
});

testBackend("workers", { backend: "workers", nJobs: 2 });
