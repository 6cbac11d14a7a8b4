import { FileHandler, getLogger, Parallel } from "@paralog/paralog";

const exit = () => {
  getLogger("app").error("the last words");
  Deno.exit(3);
};
await new Parallel(1).map(exit, [1], {
  taskLogs: ({ index }) => new FileHandler(`${Deno.args[0]}/${index}.log`, { bufferSize: 1e6 }),
});
