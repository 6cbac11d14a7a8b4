// A stand-in for @std/cli, used only where jsr.io can't be reached.
export * from "./parse_args.ts";
