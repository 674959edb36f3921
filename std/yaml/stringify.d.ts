/** Types of the part of `@std/yaml/stringify` that this project uses. */

export interface StringifyOptions {
  readonly indent?: number;
  readonly lineWidth?: number;
  readonly useAnchors?: boolean;
}

export declare function stringify(data: unknown, options?: StringifyOptions): string;
