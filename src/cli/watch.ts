/**
 * Output that is printed again and again until a signal stops it.
 *
 * @module
 */

import { cutEnd } from "../encode/text_width.ts";
import { stopSignal } from "./stop_signal.ts";

const HOME = "\x1b[H";
const ERASE_TO_LINE_END = "\x1b[K";
const ERASE_BELOW = "\x1b[J";

/** Size of a terminal. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Size of the terminal that reads stdout; `undefined` if that is none. */
export function screenSize(): ScreenSize | undefined {
  return Deno.stdout.isTerminal() ? Deno.consoleSize() : undefined;
}

/**
 * Repeats a step until a signal, or until the program that reads the output has ended.
 *
 * @param intervalMs Pause between two steps, in milliseconds
 * @param step Step; a rejection ends the repetition
 */
export async function watch(intervalMs: number, step: () => Promise<void>): Promise<void> {
  using stop = stopSignal();
  try {
    await Promise.race([stop.given, repeat(intervalMs, step)]);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/**
 * Prints a line. Unlike `console.log`, it fails once nothing reads it.
 *
 * @throws {Deno.errors.BrokenPipe} If the program that reads the output has ended
 */
export async function printLine(line: string): Promise<void> {
  const writer = Deno.stdout.writable.getWriter();
  try {
    await writer.write(new TextEncoder().encode(`${line}\n`));
  } finally {
    writer.releaseLock();
  }
}

/** Text that replaces what is on a terminal, without a flicker: lines that are too many or too long are cut. */
export function frameOf(text: string, { columns, rows }: ScreenSize): string {
  const lines = text.split("\n");
  const room = rows - 1;
  const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines`];
  return HOME + shown.map((line) => cutEnd(line, columns) + ERASE_TO_LINE_END).join("\n") + ERASE_BELOW;
}

async function repeat(intervalMs: number, step: () => Promise<void>): Promise<never> {
  for (;;) {
    await step();
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
