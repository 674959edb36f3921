import { assertEquals } from "@std/assert";
import { instrument } from "./instrument.ts";

/** The mutants of a snippet of one line, each as the whole line. */
function mutantsOf(code: string): string[] {
  return instrument("snippet.ts", code, 1, "./switch.ts").mutants.map(({ mutant }) => mutant);
}

const CASES: Readonly<Record<string, readonly [code: string, ...mutants: string[]]>> = {
  "a boundary is moved, and the comparison negated": ["const x = a < b;", "const x = a <= b;", "const x = a >= b;"],
  "a condition is true, false, and its boundary moved": [
    "const x = a > b ? c : d;",
    "const x = true ? c : d;",
    "const x = false ? c : d;",
    "const x = a >= b ? c : d;",
  ],
  "an equality is negated where it is not the whole condition": ["const x = a === b;", "const x = a !== b;"],
  "arithmetic is swapped": ["const x = a * b;", "const x = a / b;"],
  "bits are swapped": ["const x = a >>> b;", "const x = a << b;"],
  "text that is joined is emptied and not subtracted": ['const x = "a" + b;', 'const x = "" + b;'],
  "logic is swapped, and each side dropped": ["const x = a && b;", "const x = a || b;", "const x = a;", "const x = b;"],
  "a default is dropped": ["const x = a ?? b;", "const x = a;"],
  "a boolean is flipped": ["const x = true;", "const x = false;"],
  "a sign is dropped": ["const x = -a;", "const x = a;"],
  "a negation is dropped": ["const x = !a;", "const x = a;"],
  "a step goes the other way": ["const x = a++;", "const x = a--;"],
  "a loop's condition is false, as without an end it would only time out": [
    "while (a < b) c;",
    "while (false) c;",
    "while (a <= b) c;",
    "while (a < b)",
  ],
  "a call is removed": ["f(a);", ""],
  "an assignment is removed, and turned": ["a += b;", "", "a -= b;"],
  "a function is emptied": ["function f() { return a; }", "function f() {}"],
  "an arrow function returns nothing": ["const f = () => a;", "const f = () => undefined;"],
  "an optional chain goes on without a value": ["const x = a?.b.c;", "const x = a.b.c;"],
  "an optional call goes on without a function": ["const x = a.b?.(c);", "const x = a.b(c);"],
  "a method is swapped": ["const x = Math.min(a, b);", "const x = Math.max(a, b);"],
  "a method that narrows is dropped": ["const x = a.filter(b);", "const x = a;"],
  "a list is emptied": ["const x = [a];", "const x = [];"],
  "a text is emptied": ["const x = `a${b}`;", 'const x = "";'],
  "types, imports and constants are not mutated": ['import a from "b"; const x: "c" | true = 1; type D = "e";'],
  "errors are not mutated": ["function f() { throw rangeError(`a ${b + c}`); }"],
  "an error that is made for later is not mutated": ['const x = new TypeError("a" + b);'],
  "names are not mutated": ['const x = { "a-b": c };'],
  "the target of an assignment is not mutated": ["const [a, b] = c;"],
};

for (const [claim, [code, ...mutants]] of Object.entries(CASES)) {
  Deno.test(`mutants: ${claim}`, () => assertEquals(mutantsOf(code), mutants));
}
