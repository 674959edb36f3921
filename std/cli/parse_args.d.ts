/** Types of the part of `@std/cli/parse-args` that this project uses. */

export interface ParseOptions {
  readonly boolean?: readonly string[];
  readonly string?: readonly string[];
  readonly negatable?: readonly string[];
  readonly collect?: readonly string[];
  readonly default?: Readonly<Record<string, unknown>>;
  readonly alias?: Readonly<Record<string, string | readonly string[]>>;
  readonly stopEarly?: boolean;
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

export interface Args {
  _: (string | number)[];
  [name: string]: unknown;
}

export declare function parseArgs(args: readonly string[], options?: ParseOptions): Args;
