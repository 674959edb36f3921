import { assertEquals } from "@std/assert";
import { resolveAll } from "../../_support/config/resolving.ts";

Deno.test("resolveSetting takes host names and origins from options before the environment before the file", async () => {
  const options = { allowedHosts: ["option.example"], cors: { origins: ["https://option.example"] } };
  const env = { METRICS_ALLOWED_HOSTS: "a.example, [::1],", METRICS_CORS_ORIGINS: "https://a.example,http://b:8080" };
  const file = { allowed_hosts: ["file.example"], cors: { origins: ["*"] } };
  const outcomes = await resolveAll([
    { options, env, file },
    { env, file },
    { file },
    {},
    { env: { METRICS_CORS_ORIGINS: "" }, file },
  ]);
  assertEquals(outcomes.map(({ error }) => error), Array(5).fill(undefined));
  assertEquals(outcomes.map(({ resolved }) => [resolved?.allowedHosts, resolved?.corsOrigins]), [
    [["option.example"], ["https://option.example"]],
    [["a.example", "[::1]"], ["https://a.example", "http://b:8080"]],
    [["file.example"], ["*"]],
    [undefined, []],
    [["file.example"], []],
  ]);
});

Deno.test("resolveSetting refuses host names and origins that no request could have", async () => {
  const host = 'be a name or an address without scheme and port, such as "metrics.example.com"';
  const origin = 'be an origin such as "https://grafana.example.com", or "*"';
  const cases: [given: Record<string, unknown>, says: string][] = [
    ...["a.example:9464", "https://a.example", "", "a b", "*", "*.example", "[::1]:9464", "a.example/"].map((each) =>
      [{ allowedHosts: [each] }, `RangeError: … allowedHosts[0] must ${host}, got ${JSON.stringify(each)}`] as [
        Record<string, unknown>,
        string,
      ]
    ),
    [{ allowedHosts: [1] }, "TypeError: … allowedHosts[0] must be a string, got 1"],
    [
      { allowedHosts: "a.example" },
      'TypeError: … allowedHosts must be an array such as ["metrics.example.com"], got "a.example"',
    ],
    ...["https://a.example/", "https://a.example/x", "a.example", "null", "ftp://a.example", "HTTPS://a.example"].map(
      (each) =>
        [
          { cors: { origins: [each] } },
          `RangeError: … cors.origins[0] must ${origin}, got ${JSON.stringify(each)}`,
        ] as [
          Record<string, unknown>,
          string,
        ],
    ),
    [{ cors: {} }, 'TypeError: … cors.origins must be an array such as ["https://grafana.example.com"], got undefined'],
    [
      { cors: true },
      'TypeError: … cors must be an object such as { origins: ["https://grafana.example.com"] }, got true',
    ],
    [
      { cors: { origin: [] } },
      'TypeError: … keys of cors must be among origins, got "origin"; did you mean "origins"?',
    ],
  ];
  const outcomes = await resolveAll(cases.map(([options]) => ({ options })));
  assertEquals(
    outcomes.map(({ error }) => error),
    cases.map(([, says]) => says.replace("…", "Cannot serve metrics:")),
  );
});
