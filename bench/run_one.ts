/**
 * Runs one bench file in this process and prints its report as JSON, for `run_file.ts`.
 *
 * @module
 */

import { type Ladder, runLadder } from "./harness.ts";
import { ownPart } from "./own_part.ts";

const [file, rounds, part] = Deno.args;
const { ladder } = await import(new URL(file, import.meta.url).href) as { ladder: Ladder };
const isOwnPart = part === "own";
console.log(JSON.stringify(await runLadder(isOwnPart ? ownPart(ladder) : ladder, Number(rounds), isOwnPart)));
