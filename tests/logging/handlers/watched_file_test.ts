import { assertEquals, assertThrows } from "@std/assert";
import { WatchedFileHandler } from "../../../src/logging/handlers/watched_file.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { linesOfFile, textsOf, withFolder } from "../../support/log_folder.ts";
import { recordOf } from "../../support/records.ts";
import { runDeno } from "../../support/run_deno.ts";

testHandler("WatchedFileHandler", (fn) =>
  withFolder((folder) =>
    fn({
      create: (options) => new WatchedFileHandler(`${folder}/app.log`, options),
      takeLines: () => linesOfFile(`${folder}/app.log`),
    })
  ));

for (const delay of [false, true]) {
  Deno.test(`WatchedFileHandler with delay ${delay} opens its file anew when it was moved or removed`, () =>
    withFolder((folder) => {
      using handler = new WatchedFileHandler(`${folder}/app.log`, { delay });
      handler.handle(recordOf("one"));
      handler.handle(recordOf("two"));
      Deno.renameSync(`${folder}/app.log`, `${folder}/app.log.1`);
      handler.handle(recordOf("three"));
      Deno.removeSync(`${folder}/app.log`);
      handler.handle(recordOf("four"));
      Deno.renameSync(`${folder}/app.log`, `${folder}/app.log.2`);
      Deno.writeTextFileSync(`${folder}/app.log`, "somebody's\n");
      handler.handle(recordOf("five"));
      handler.handle(recordOf("six"));
      assertEquals(textsOf(folder), {
        "app.log": "somebody's\nfive\nsix\n",
        "app.log.1": "one\ntwo\n",
        "app.log.2": "four\n",
      });
    }));
}

Deno.test("WatchedFileHandler writes what it kept to the file that was moved", () =>
  withFolder((folder) => {
    const handler = new WatchedFileHandler(`${folder}/app.log`, { bufferSize: 1000 });
    handler.handle(recordOf("one"));
    Deno.renameSync(`${folder}/app.log`, `${folder}/app.log.1`);
    handler.handle(recordOf("two"));
    handler.close();
    assertEquals(textsOf(folder), { "app.log": "two\n", "app.log.1": "one\n" });
  }));

Deno.test("WatchedFileHandler follows a link that is pointed elsewhere", () =>
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/monday`, "");
    Deno.symlinkSync("monday", `${folder}/app.log`);
    using handler = new WatchedFileHandler(`${folder}/app.log`);
    handler.handle(recordOf("one"));
    Deno.removeSync(`${folder}/app.log`);
    Deno.symlinkSync("tuesday", `${folder}/app.log`);
    handler.handle(recordOf("two"));
    assertEquals([linesOfFile(`${folder}/monday`), linesOfFile(`${folder}/tuesday`)], [
      ["one"],
      ["two"],
    ]);
  }));

Deno.test("WatchedFileHandler needs permission to look at its file, and says so at once", async () => {
  assertThrows(() => new WatchedFileHandler("/dev/null/app.log"), Deno.errors.NotADirectory);
  const program = `
    import { WatchedFileHandler } from "@paralog/paralog/logging";
    new WatchedFileHandler(Deno.args[0]);`;
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/main.ts`, program);
    const config = `--config=${new URL("../../../deno.json", import.meta.url).pathname}`;
    const flags = ["run", config, "--no-prompt", "--allow-write", `${folder}/main.ts`];
    const { code, stderr } = await runDeno([...flags, `${folder}/app.log`]);
    assertEquals([code, stderr.includes("NotCapable: Requires read access")], [1, true]);
  });
});
