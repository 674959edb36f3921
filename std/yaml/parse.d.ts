/** Types of the part of `@std/yaml/parse` that this project uses. */

export interface ParseOptions {
  readonly schema?: "core" | "default" | "failsafe" | "json" | "extended";
}

export declare function parse(content: string, options?: ParseOptions): unknown;
