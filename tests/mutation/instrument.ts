/**
 * Rewrites a source file so that it holds all of its mutants at once, each behind a switch: `a < b` becomes
 * `($m(7) ? a <= b : a < b)`. One copy of the tree serves a whole run, as a number selects the mutant.
 *
 * @module
 */

import ts from "typescript";
import { expressionFaults, isEmptiable, isRemovable, isSkipped } from "./operators.ts";

/** One fault of one place. */
export interface Mutant {
  /** Number of its switch. */
  readonly id: number;
  /** Path from the root, `src/ring/cells.ts`. */
  readonly file: string;
  readonly line: number;
  /** The code around it in one line, which names it in `explained/`. */
  readonly original: string;
  /** The same with the fault. */
  readonly mutant: string;
}

/** A file with all of its mutants. */
export interface Instrumented {
  readonly text: string;
  readonly mutants: readonly Mutant[];
}

/**
 * Instruments a file.
 *
 * @param file Path from the root
 * @param text Source
 * @param firstId Number of the file's first mutant, at least 1
 * @param switchUrl Specifier of `switch.ts` as the file imports it
 */
export function instrument(file: string, text: string, firstId: number, switchUrl: string): Instrumented {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];

  const add = (node: ts.Node, fault: string): string => {
    const id = firstId + mutants.length;
    mutants.push({ id, file, ...describe(source, node, fault) });
    return `$m(${id})`;
  };

  const emit = (node: ts.Node): string => {
    if (isSkipped(node)) return node.getText();
    const switches = expressionFaults(node).map((fault) => `${add(node, fault)} ? (${fault}) : `).join("");
    if (switches !== "") return `(${switches}(${emitInside(node)}))`;
    if (isRemovable(node)) return `{ if (${add(node, "")}) {} else { ${emitInside(node)} } }`;
    if (isEmptiable(node)) return emptiable(node, add(node, "{}"));
    return emitInside(node);
  };

  const emptiable = (node: ts.Block, condition: string): string => {
    const inside = emitInside(node).slice(1, -1);
    return ts.isFunctionLike(node.parent)
      ? `{ if (${condition}) return; ${inside} }`
      : `{ if (${condition}) {} else { ${inside} } }`;
  };

  /** The text of a node with what its children became. */
  const emitInside = (node: ts.Node): string => {
    let emitted = "";
    let end = node.getStart();
    ts.forEachChild(node, (child) => {
      const isBody = ts.isIterationStatement(node, false) && node.statement === child;
      emitted += text.slice(end, child.getStart());
      emitted += isBody ? `{ $tick(); ${emit(child)} }` : emitShorthand(node, child);
      end = child.getEnd();
    });
    return emitted + text.slice(end, node.getEnd());
  };

  const emitShorthand = (node: ts.Node, child: ts.Node): string =>
    ts.isShorthandPropertyAssignment(node) ? child.getText() : emit(child);

  const body = source.statements.map(emit).join("\n");
  return { text: `import { $m, $tick } from ${JSON.stringify(switchUrl)};\n${body}\n`, mutants };
}

const LONGEST_TEXT = 140;

function describe(source: ts.SourceFile, node: ts.Node, fault: string): Pick<Mutant, "line" | "original" | "mutant"> {
  const { text } = source;
  const start = node.getStart();
  const line = source.getLineAndCharacterOfPosition(start).line;
  const lineStart = source.getLineStarts()[line];
  const lineEnd = text.indexOf("\n", start) < 0 ? text.length : text.indexOf("\n", start);
  const before = text.slice(lineStart, start);
  const isOneLine = node.getEnd() <= lineEnd;
  const after = isOneLine ? text.slice(node.getEnd(), lineEnd) : "";
  return {
    line: line + 1,
    original: inOneLine(`${before}${node.getText()}${after}`),
    mutant: inOneLine(`${before}${fault}${after}`),
  };
}

function inOneLine(text: string): string {
  const joined = text.replaceAll(/\s+/g, " ").trim();
  return joined.length > LONGEST_TEXT ? `${joined.slice(0, LONGEST_TEXT)}…` : joined;
}
