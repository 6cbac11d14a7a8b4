/**
 * Takes back what TypeScript did for older JavaScript: private members that became entries of a
 * `WeakMap`, and fields that became calls of `Object.defineProperty`. They take half the time of a log
 * call, and packages of jsr.io have neither.
 *
 * @param code A module as dnt compiled it.
 * @returns The same with `#private` members and class fields.
 * @throws {Error} If something of the kind is left.
 */
export function raiseFields(code: string): string {
  if (!/__classPrivateField|Object\.defineProperty\(this, /.test(code)) return code;
  const aliases = new Map( // `_a = fileSymbol`: the keys of fields that are named by symbols.
    [...code.matchAll(/\b(_[a-z]) = (\w+)/g)].map(([, alias = "", key = ""]) => [alias, key]),
  );
  const classes = code.split(/^(?=export class |class )/m);
  const raised = classes.map((part) => raiseClass(part, aliases)).join("")
    .replace(/^var __classPrivateField(?:Get|Set) = [^]*?\n};\n/gm, "")
    .replace(/^var _\w+(?:, _\w+)*;\n/gm, "");
  if (!/__classPrivateField|Object\.defineProperty\(this, |WeakMap|WeakSet/.test(raised)) {
    return raised;
  }
  throw new Error(`Cannot take back what was compiled for older JavaScript:\n${raised}`);
}

function raiseClass(code: string, aliases: ReadonlyMap<string, string>): string {
  const name = /^(?:export )?class (\w+)/.exec(code)?.[1];
  if (name === undefined) return code;
  const members: string[] = [];
  const body = code
    .replace(
      /^ *Object\.defineProperty\(this, ("\w+"|\w+), \{[^]*?value: (.*)\n *\}\);\n/gm,
      (_match, key: string, value: string) => {
        const field = key.startsWith('"') ? key.slice(1, -1) : `[${aliases.get(key)}]`;
        members.push(value === "void 0" ? `${field};` : `${field} = ${value};`);
        return "";
      },
    )
    .replace(new RegExp(`^ *_${name}_instances\\.add\\(this\\);\\n`, "gm"), "")
    .replace(
      new RegExp(`^( *)_${name}_(\\w+)\\.set\\(this, (.*|.*\\n[^]*?\\n\\1\\}.*)\\);\\n`, "gm"),
      (_match, indent: string, field: string, value: string) => {
        members.push(`#${field};`);
        return value === "void 0" ? "" : `${indent}this.#${field} = ${value};\n`;
      },
    )
    .replace(
      /__classPrivateFieldGet\(this, \w+, "m", _[^\W_]+_(\w+)\)\.call\(this(?:, )?/g,
      "this.#$1(",
    )
    .replace(/__classPrivateFieldGet\(this, _[^\W_]+_(\w+), "f"\)/g, "this.#$1")
    .replace(/__classPrivateFieldSet\(this, _[^\W_]+_(\w+), (.*), "f"\)/g, "this.#$1 = $2")
    .replace(
      new RegExp(`_${name}_\\w+ = function _${name}_(\\w+)(\\([^]*?\\n\\});\\n`, "g"),
      (_match, method: string, rest: string) => {
        members.push(`#${method}${rest}`);
        return ";\n";
      },
    )
    .replace(/\[\((?:_\w+ = new Weak(?:Map|Set)\(\), )+(.*?)\)\]/g, "[$1]")
    .replace(
      /^_\w+ = (?:new Weak(?:Map|Set)\(\)|\w+)(?:, _\w+ = (?:new Weak(?:Map|Set)\(\)|\w+))*(?:, )?;\n/gm,
      "",
    );
  return body.replace("{\n", () => `{\n${members.map((member) => `    ${member}\n`).join("")}`);
}
