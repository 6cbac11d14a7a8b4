import { testBackend } from "../support/backend_contract.ts";

testBackend("inline", {
  backend: "inline",
  nJobs: 1,
  noExit: "the caller's own thread would end",
});

testBackend("workers", { backend: "workers", nJobs: 2 });
