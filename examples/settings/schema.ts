/**
 * JSON Schema of configuration files.
 *
 * @module
 */

import type { Schema } from "../../src/config/kinds/kind.ts";
import type { Setting } from "../../src/config/settings/setting.ts";
import { SETTINGS } from "../../src/config/settings/table.ts";

/** Returns the schema. */
export function buildSchema(): Schema {
  const rows = Object.values<Setting<unknown>>(SETTINGS);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of Hotpath",
    type: "object",
    properties: {
      metrics: {
        type: ["object", "null"],
        properties: Object.fromEntries(rows.flatMap(propertiesOf)),
        additionalProperties: false,
        allOf: rows.flatMap(exclusionsOf),
      },
    },
    required: ["metrics"],
    additionalProperties: false,
  };
}

function propertiesOf(row: Setting<unknown>): [string, Schema][] {
  const { key, aliases = [], schema, fallback, shownDefault } = row;
  if (key === undefined) return [];
  const description = row.description.replaceAll("`", "");
  const older = aliases.flatMap((alias): [string, Schema][] => {
    if (alias.key === undefined) return [];
    return [[alias.key, { ...(alias.schema ?? schema), description: `Older name of ${key}`, deprecated: true }]];
  });
  // A default that is shown in other words is not written as it is.
  const hasDefault = shownDefault === undefined && fallback !== undefined;
  return [[key, { ...schema, description, ...(hasDefault && { default: fallback }) }], ...older];
}

/** That a setting is given by one of its names. */
function exclusionsOf({ key, aliases = [] }: Setting<unknown>): Schema[] {
  return aliases.flatMap((alias) => alias.key === undefined ? [] : [{ not: { required: [key, alias.key] } }]);
}
