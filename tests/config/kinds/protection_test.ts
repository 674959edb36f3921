import { assert, assertEquals, assertThrows } from "@std/assert";
import { createMetrics, noopMetrics } from "../../../mod.ts";
import { type ConfigValues, resolveSetting } from "../../../src/config/layers.ts";
import { Secret } from "../../../src/config/kinds/secret.ts";
import { metricsRoutes, type RoutesOptions } from "../../../src/hono.ts";
import { type Layers, resolveAll } from "../../_support/config/resolving.ts";

const SECRET = "s3cret";
const AUTH = "have bearer, or bearerFile, or username and password, or username and passwordFile, got";

Deno.test("resolveSetting takes credentials from options before the environment before the file, and never mixes them", async () => {
  const options = { auth: { bearer: "option" } };
  const env = { METRICS_AUTH_USERNAME: "me", METRICS_AUTH_PASSWORD: "env" };
  const file = { auth: { bearer_file: "token.txt" } };
  const outcomes = await resolveAll([{ options, env, file }, { env, file }, { file }, {}]);
  assertEquals(outcomes.map(({ resolved }) => resolved?.auth), [
    { bearer: "option" },
    { username: "me", password: "env" },
    { bearerFile: "token.txt" },
    undefined,
  ]);
});

Deno.test("resolveSetting takes each form of credentials, and TLS, from the environment and from the file", async () => {
  const forms: [Layers, Record<string, unknown>][] = [
    [{ env: { METRICS_AUTH_TOKEN: "t" } }, { auth: { bearer: "t" } }],
    [{ env: { METRICS_AUTH_TOKEN_FILE: "f" } }, { auth: { bearerFile: "f" } }],
    [{ env: { METRICS_AUTH_USERNAME: "u", METRICS_AUTH_PASSWORD_FILE: "f" } }, {
      auth: { username: "u", passwordFile: "f" },
    }],
    [{ file: { auth: { bearer: "t" } } }, { auth: { bearer: "t" } }],
    [{ file: { auth: { username: "u", password: "p" } } }, { auth: { username: "u", password: "p" } }],
    [{ file: { auth: { username: "u", password_file: "f" } } }, { auth: { username: "u", passwordFile: "f" } }],
    [{ env: { METRICS_TLS_CERT_FILE: "c", METRICS_TLS_KEY_FILE: "k" } }, { tls: { certFile: "c", keyFile: "k" } }],
    [{ file: { tls: { cert_file: "c", key_file: "k" } } }, { tls: { certFile: "c", keyFile: "k" } }],
  ];
  const outcomes = await resolveAll(forms.map(([layers]) => layers));
  forms.forEach(([, expected], i) => {
    const { auth, tls } = outcomes[i].resolved ?? {};
    assertEquals([outcomes[i].error, { auth, tls }], [undefined, { auth: undefined, tls: undefined, ...expected }]);
  });
});

Deno.test("resolveSetting takes the administrator's token from options before the environment before the file", async () => {
  const options = { admin: { bearer: "option" } };
  const env = { METRICS_ADMIN_TOKEN: "env" };
  const file = { admin: { bearer_file: "token.txt" } };
  const outcomes = await resolveAll([
    { options, env, file },
    { env, file },
    { file },
    {},
    { env: { METRICS_ADMIN_TOKEN_FILE: "f" } },
    { file: { admin: { bearer: "t" } } },
    { env: { METRICS_AUTH_TOKEN: "t" } },
  ]);
  assertEquals(outcomes.map(({ resolved }) => resolved?.admin), [
    { bearer: "option" },
    { bearer: "env" },
    { bearerFile: "token.txt" },
    undefined,
    { bearerFile: "f" },
    { bearer: "t" },
    undefined,
  ]);
});

Deno.test("resolveSetting refuses an administrator's token that is none, and shows nothing of it", async () => {
  const hidden = "got a hidden value";
  const visible = `must be one or more visible ASCII characters without spaces, ${hidden}`;
  const outcomes = await resolveAll([
    { env: { METRICS_ADMIN_TOKEN: "" } },
    { env: { METRICS_ADMIN_TOKEN: SECRET, METRICS_ADMIN_TOKEN_FILE: "f" } },
    { file: { admin: { bearerFile: SECRET } } },
    { options: { admin: SECRET } },
    { options: { admin: { username: "u", password: SECRET } } },
    { options: { admin: { bearer: `${SECRET} x` } } },
  ]);
  assertEquals(outcomes.map(({ error }) => error?.replace(/^\w+: Cannot (create|serve) metrics: /, "")), [
    `METRICS_ADMIN_TOKEN in the environment ${visible.replace(hidden, 'got ""')}`,
    'METRICS_ADMIN_* in the environment must have METRICS_ADMIN_TOKEN, or METRICS_ADMIN_TOKEN_FILE, got ["METRICS_ADMIN_TOKEN","METRICS_ADMIN_TOKEN_FILE"]',
    'keys of metrics.admin in hotpath.yaml must be among bearer, bearer_file, got "bearerFile"; did you mean "bearer_file"?',
    `admin must be an object such as { bearerFile: "token.txt" }, ${hidden}`,
    'keys of admin must be among bearer, bearerFile, got "username"',
    `admin.bearer ${visible}`,
  ]);
});

Deno.test("resolveSetting takes the limits of serving from options before the environment before the file", async () => {
  const options = {
    scrapesMax: 1,
    scrapeTimeout: "1s",
    responseBytesMax: 1_000,
    requestBytesMax: 0,
    liveClientsMax: 1,
  };
  const env = {
    METRICS_SCRAPES_MAX: "2",
    METRICS_SCRAPE_TIMEOUT: "2.5",
    METRICS_RESPONSE_BYTES_MAX: "2000",
    METRICS_REQUEST_BYTES_MAX: "20",
    METRICS_LIVE_CLIENTS_MAX: "2",
  };
  const file = {
    scrapes_max: 3,
    scrape_timeout: "3m",
    response_bytes_max: 3_000,
    request_bytes_max: 30,
    live_clients_max: 3,
  };
  const outcomes = await resolveAll([{ options, env, file }, { env, file }, { file }, {}]);
  const limits = outcomes.map(({ resolved = {} }) => [
    resolved.scrapesMax,
    resolved.scrapeTimeoutMs,
    resolved.responseBytesMax,
    resolved.requestBytesMax,
    resolved.liveClientsMax,
  ]);
  assertEquals(limits, [
    [1, 1_000, 1_000, 0, 1],
    [2, 2_500, 2_000, 20, 2],
    [3, 180_000, 3_000, 30, 3],
    [100, 10_000, 67_108_864, 65_536, 200],
  ]);
});

Deno.test("resolveSetting refuses what protects nothing, by the names of the layer that it comes from", async () => {
  const visible = "be one or more visible ASCII characters without spaces, got a hidden value";
  const env = "in the environment must";
  const forms = "have METRICS_AUTH_TOKEN, or METRICS_AUTH_BEARER_FILE, or METRICS_AUTH_USERNAME and " +
    "METRICS_AUTH_PASSWORD, or METRICS_AUTH_USERNAME and METRICS_AUTH_PASSWORD_FILE, got";
  const refusals: [Layers, string][] = [
    [{ env: { METRICS_AUTH_TOKEN: "" } }, `METRICS_AUTH_TOKEN ${env} ${visible.replace("a hidden value", '""')}`],
    [{ env: { METRICS_AUTH_TOKEN: `${SECRET} x` } }, `METRICS_AUTH_TOKEN ${env} ${visible}`],
    [
      { env: { METRICS_AUTH_TOKEN: SECRET, METRICS_AUTH_USERNAME: "u" } },
      `METRICS_AUTH_* ${env} ${forms} ["METRICS_AUTH_TOKEN","METRICS_AUTH_USERNAME"]`,
    ],
    [
      { env: { METRICS_AUTH_PASSWORD: SECRET } },
      `METRICS_AUTH_* ${env} ${forms.replace("METRICS_AUTH_TOKEN", "METRICS_AUTH_BEARER")} ["METRICS_AUTH_PASSWORD"]`,
    ],
    [
      { env: { METRICS_AUTH_USERNAME: "u", METRICS_AUTH_PASSWORD: `${SECRET}\n` } },
      `METRICS_AUTH_PASSWORD ${env} be one or more characters other than control characters, got a hidden value`,
    ],
    [
      { env: { METRICS_TLS_CERT_FILE: "c" } },
      `METRICS_TLS_* ${env} have METRICS_TLS_CERT_FILE and METRICS_TLS_KEY_FILE, got ["METRICS_TLS_CERT_FILE"]`,
    ],
    [
      { env: { METRICS_TLS_CERT_FILE: "", METRICS_TLS_KEY_FILE: "k" } },
      `METRICS_TLS_CERT_FILE ${env} be the name of a file, got ""`,
    ],
  ];
  const outcomes = await resolveAll(refusals.map(([layers]) => layers));
  refusals.forEach(([, says], i) => {
    assertEquals(outcomes[i].error?.replace(/^(Type|Range)Error: /, ""), `Cannot serve metrics: ${says}`);
  });
});

Deno.test("metricsRoutes refuses credentials that are none, and shows none of them", () => {
  const hidden = "a hidden value";
  const object = `auth must be an object such as { bearerFile: "token.txt" }, got ${hidden}`;
  const refusals: [auth: unknown, says: string][] = [
    [SECRET, object],
    [null, object.replace(hidden, "null")],
    [[SECRET], object],
    [{}, `auth must ${AUTH} []`],
    [{ bearer: undefined }, `auth must ${AUTH} []`],
    [{ bearer: SECRET, bearerFile: "f" }, `auth must ${AUTH} ["bearer","bearerFile"]`],
    [{ username: "u" }, `auth must ${AUTH} ["username"]`],
    [
      { username: "u", password: SECRET, passwordFile: "f" },
      `auth must ${AUTH} ["username","password","passwordFile"]`,
    ],
    [
      { token: SECRET },
      'keys of auth must be among bearer, bearerFile, username, password, passwordFile, got "token"',
    ],
    [{ bearer: 5 }, `auth.bearer must be a string, got ${hidden}`],
    [{ bearer: "" }, 'auth.bearer must be one or more visible ASCII characters without spaces, got ""'],
    [
      { bearer: `${SECRET}é` },
      `auth.bearer must be one or more visible ASCII characters without spaces, got ${hidden}`,
    ],
    [
      { username: "u", password: "" },
      'auth.password must be one or more characters other than control characters, got ""',
    ],
    [
      { username: "a:b", password: SECRET },
      `auth.username must have no colon and no control character, got ${hidden}`,
    ],
    [{ username: "", password: SECRET }, 'auth.username must be a name, got ""'],
    [{ bearerFile: "" }, 'auth.bearerFile must be the name of a file, got ""'],
  ];
  for (const [auth, says] of refusals) {
    const { message } = assertThrows(() => metricsRoutes(noopMetrics, { auth } as RoutesOptions));
    assertEquals(message, `Cannot serve metrics: ${says}`);
  }
});

Deno.test("createMetrics refuses protection in a file by its key, and shows none of it", () => {
  const keys = "have bearer, or bearer_file, or username and password, or username and password_file, got";
  const refusals: [metrics: Record<string, unknown>, says: string][] = [
    [
      { auth: SECRET },
      'metrics.auth in x.yaml must be an object such as { bearerFile: "token.txt" }, got a hidden value',
    ],
    [{ auth: { bearer: SECRET, username: "u" } }, `metrics.auth in x.yaml must ${keys} ["bearer","username"]`],
    [{ auth: { bearerFile: SECRET } }, 'password_file, got "bearerFile"; did you mean "bearer_file"?'],
    [{ auth: { bearer: 5 } }, "metrics.auth.bearer in x.yaml must be a string, got a hidden value"],
    [
      { auth: { bearer_file: 5 } },
      "metrics.auth.bearer_file in x.yaml must be a string, got a hidden value",
    ],
    [{ tls: { cert_file: "c" } }, 'metrics.tls in x.yaml must have cert_file and key_file, got ["cert_file"]'],
  ];
  for (const [metrics, says] of refusals) {
    const error = assertThrows(() => createMetrics({ config: { source: "x.yaml", metrics } }), Error, says);
    assert(!Deno.inspect(error).includes(SECRET), error.message);
  }
  const config = { metrics: { auth: { bearer: SECRET } } } as never;
  const error = assertThrows(() => createMetrics({ config }), TypeError, "config must come from readConfig");
  assert(!Deno.inspect(error).includes(SECRET), error.message);
});

Deno.test("createMetrics keeps the secrets of its file where printing and JSON do not find them", async () => {
  const config = { source: "x.yaml", metrics: { auth: { username: "u", password: SECRET } } };
  await using metrics = createMetrics({ aggregation: "inline", config });
  assert(!Deno.inspect(metrics, { depth: 10, showHidden: true }).includes(SECRET));
  const values: ConfigValues = { auth: { bearer: new Secret(SECRET) } };
  assert(!Deno.inspect(values, { depth: 10, showHidden: true }).includes(SECRET));
  assert(!JSON.stringify(values).includes(SECRET));
  assertEquals(`${new Secret(SECRET)}`.includes(SECRET), false);
  const auth = resolveSetting("serve metrics", "auth", undefined, values);
  assertEquals(auth !== undefined && "bearer" in auth && auth.bearer.reveal(), SECRET);
});

Deno.test("createMetrics quotes no value of the wrong type in the place of a secret or its file", () => {
  const wrong = [["s3cret"], { token: "s3cret" }, [["s3cret"]], 53_737];
  for (const value of wrong) {
    const settings = [
      { auth: { bearer: value } },
      { auth: { bearer_file: value } },
      { auth: { username: value, password: "x" } },
      { auth: { username: "x", password: value } },
      { auth: { username: "x", password_file: value } },
      { auth: value },
      { admin: { bearer: value } },
      { admin: { bearer_file: value } },
      { tls: { cert_file: value, key_file: "x" } },
      { tls: { cert_file: "x", key_file: value } },
      { tls: value },
      { traces_headers: [value] },
      { traces_headers: { "api-key": value } },
    ];
    for (const metrics of settings) {
      const error = assertThrows(() => createMetrics({ aggregation: "inline", config: { source: "x.yaml", metrics } }));
      const text = Deno.inspect(error);
      assert(!text.includes("s3cret") && !text.includes("53737"), text);
      assert(!text.includes("keys of metrics in x.yaml"), text);
    }
  }
});
