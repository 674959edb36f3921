/**
 * Checks responses that say what is wrong.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Entity",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  503: "Service Unavailable",
};

/** Asserts that a response is a problem document of a status, whose detail includes a text. */
export async function assertProblem(response: Response, status: number, detail: string): Promise<void> {
  assertEquals(response.status, status);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  assertEquals(Object.keys(problem), ["type", "title", "status", "detail"]);
  assertEquals([problem.type, problem.title, problem.status], ["about:blank", TITLES[status], status]);
  assertStringIncludes(problem.detail, detail);
}
