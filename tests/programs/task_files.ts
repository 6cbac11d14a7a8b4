import { Parallel } from "@paralog/paralog";

const say = () => console.log("started");
await new Parallel(1).map(say, [1], { taskLogs: "task_files_%(taskIndex)d.log" });
