/**
 * Searches: words that must all match, each as a part of a name or of a label value, or as `label=value`.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";

/** Returns whether a series matches. */
export type Matcher = (name: string, labels: Labels) => boolean;

/** Returns the matcher of a search. An empty search matches all series. */
export function matcherOf(search: string): Matcher {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "").map(wordMatcher);
  return (name, labels) => words.every((isMatch) => isMatch(name, labels));
}

function wordMatcher(word: string): Matcher {
  const [label, ...rest] = word.split("=");
  if (rest.length > 0) {
    const value = rest.join("=");
    return (_, labels) =>
      Object.entries(labels).some(([key, text]) => key.toLowerCase() === label && text.toLowerCase().includes(value));
  }
  return (name, labels) =>
    name.toLowerCase().includes(word) || Object.values(labels).some((text) => text.toLowerCase().includes(word));
}
