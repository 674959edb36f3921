/**
 * As much of JSON Schema (draft 2020-12) as the schema of configuration files uses.
 *
 * @module
 */

type Schema = Readonly<Record<string, unknown>>;

/** Keywords that describe, and restrict nothing. */
const ANNOTATIONS = ["$schema", "title", "description", "default", "deprecated", "format"];

const KEYWORDS: Readonly<Record<string, (rule: never, value: unknown, schema: Schema) => boolean>> = {
  type: (types: string | string[], value) =>
    [types].flat().includes(typeOf(value)) ||
    (typeOf(value) === "integer" && [types].flat().includes("number")),
  enum: (words: unknown[], value) => words.includes(value),
  const: (word: unknown, value) => word === value,
  minimum: (limit: number, value) => typeof value !== "number" || value >= limit,
  maximum: (limit: number, value) => typeof value !== "number" || value <= limit,
  exclusiveMinimum: (limit: number, value) => typeof value !== "number" || value > limit,
  exclusiveMaximum: (limit: number, value) => typeof value !== "number" || value < limit,
  minLength: (limit: number, value) => typeof value !== "string" || value.length >= limit,
  pattern: (pattern: string, value) => typeof value !== "string" || new RegExp(pattern).test(value),
  items: (schema: Schema, value) => !Array.isArray(value) || value.every((item) => isValid(schema, item)),
  maxItems: (limit: number, value) => !Array.isArray(value) || value.length <= limit,
  uniqueItems: (_rule: boolean, value) => !Array.isArray(value) || new Set(value).size === value.length,
  properties: (schemas: Record<string, Schema>, value) =>
    !isObject(value) ||
    Object.entries(schemas).every(([key, schema]) => !(key in value) || isValid(schema, value[key])),
  additionalProperties: (rule: boolean | Schema, value, { properties = {} }) =>
    !isObject(value) ||
    Object.entries(value).every(([key, each]) =>
      key in (properties as object) || (rule !== false && isValid(rule as Schema, each))
    ),
  required: (keys: string[], value) => !isObject(value) || keys.every((key) => key in value),
  minProperties: (limit: number, value) => !isObject(value) || Object.keys(value).length >= limit,
  oneOf: (schemas: Schema[], value) => schemas.filter((schema) => isValid(schema, value)).length === 1,
  allOf: (schemas: Schema[], value) => schemas.every((schema) => isValid(schema, value)),
  not: (schema: Schema, value) => !isValid(schema, value),
};

/**
 * Whether a schema admits a value.
 *
 * @throws {Error} If the schema has a keyword that is not known here
 */
export function isValid(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    if (ANNOTATIONS.includes(keyword)) return true;
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`Cannot check the schema: the keyword ${keyword} is unknown`);
    return check(rule as never, value, schema);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeOf(value) === "object";
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
