/** Asks for workers by name and prints the error, if there is one. */

import { delayed, Parallel } from "@paralog/paralog";

const parallel = new Parallel(2, { backend: "workers" });
const outcome = await parallel.run([delayed(() => "ran")()]).catch((error) =>
  `${error.name}: ${error.message}`
);
console.log(outcome);
