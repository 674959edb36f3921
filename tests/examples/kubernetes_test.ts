import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { linesOf, pollText, valueOf } from "../_support/cli/program.ts";
import { withDirectory } from "../_support/directory.ts";
import { type Deployment, type Probe, readExample, readManifest, startPod } from "../_support/examples/pod.ts";
import { responseOf, sendRaw } from "../_support/serve/raw.ts";

const TOKEN = "0123456789abcdef";
const AUTHORIZATION = { authorization: `Bearer ${TOKEN}` };

async function statusFor(port: number, host: string, path: string): Promise<number> {
  const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`;
  return responseOf(await sendRaw(port, head)).status;
}

async function template(): Promise<Deployment["spec"]["template"]> {
  return (await readManifest<Deployment>("deployment.yaml")).spec.template;
}

Deno.test("the pod answers its probes without credentials, and scrapes with those of its Secret", async () => {
  const [container] = (await template()).spec.containers;
  await withDirectory(async (directory) => {
    await using pod = await startPod(directory, `${TOKEN}\n`);
    for (const name of ["startupProbe", "livenessProbe", "readinessProbe"] as const) {
      const { httpGet }: Probe = container[name];
      assertEquals(httpGet.port, "metrics");
      const response = await fetch(`http://127.0.0.1:${pod.metricsPort}${httpGet.path}`);
      assertEquals([response.status, Object.keys(await response.json())].flat().length, 2, name);
      assertEquals(response.status, 200, name);
    }
    const { annotations } = (await template()).metadata;
    const url = `http://127.0.0.1:${pod.metricsPort}${annotations["prometheus.io/path"]}`;
    const refused = await fetch(url);
    await refused.body?.cancel();
    assertEquals(refused.status, 401);
    const scraped = await fetch(url, { headers: AUTHORIZATION });
    assertStringIncludes(await scraped.text(), "orders_total 0");
    assertEquals((await pod.program.stop("SIGTERM")).errors, "");
  });
});

Deno.test("the pod exposes what the autoscaler and the settings name", async () => {
  const { spec } = await readManifest<{ spec: { metrics: { pods: { metric: { name: string } } }[] } }>(
    "autoscaler.yaml",
  );
  await withDirectory(async (directory) => {
    await using pod = await startPod(directory, TOKEN);
    const posted = await fetch(`http://127.0.0.1:${pod.httpPort}/orders`, { method: "POST" });
    assertEquals([posted.status, await posted.text()], [202, "accepted\nready\n"]);
    const saturation = `${spec.metrics[0].pods.metric.name}{method="POST"}`;
    const text = await pollText(
      `http://127.0.0.1:${pod.metricsPort}/metrics`,
      (text) => valueOf(text, saturation) === 0,
      AUTHORIZATION,
    );
    assertEquals(valueOf(text, "orders_total"), 1);
    assertStringIncludes(text, "http_server_request_duration_slo_violations_total{");
    const windows = text.matchAll(/^http_server_request_duration_window_seconds\{.*window="(\w+)"/gm);
    assertEquals([...new Set([...windows].map(([, window]) => window))], ["1m"]);
    await pod.program.stop("SIGTERM");
  });
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`the pod finishes its requests after ${signal}, then ends with 0`, async () => {
    await withDirectory(async (directory) => {
      await using pod = await startPod(directory, TOKEN);
      const response = await fetch(`http://127.0.0.1:${pod.httpPort}/orders`, { method: "POST" });
      const answer = linesOf(response.body!);
      assertEquals((await answer.next()).value, "accepted");
      pod.program.send(signal);
      assertEquals(await pod.program.line(), `${signal}: accepting no more requests`);
      assertEquals((await answer.next()).value, "ready");
      const lines = ["Stopped"];
      assertEquals(await pod.program.end(), { code: 0, lines, errors: "" });
    });
  });
}

Deno.test("the pod accepts a Host that is its address, unless allowedHosts does not name it", async () => {
  const host = "10.1.2.3:9464"; // as kubelet and Prometheus send it
  const cases: [Record<string, string>, number][] = [
    [{}, 200],
    [{ METRICS_ALLOWED_HOSTS: "orders.example.com" }, 421],
    [{ METRICS_ALLOWED_HOSTS: "orders.example.com,10.1.2.3" }, 200],
  ];
  for (const [env, status] of cases) {
    await withDirectory(async (directory) => {
      await using pod = await startPod(directory, TOKEN, env);
      for (const path of ["/metrics", "/health/ready"]) {
        assertEquals(await statusFor(pod.metricsPort, host, path), status, JSON.stringify(env));
      }
      await pod.program.stop("SIGTERM");
    });
  }
});

Deno.test("the manifests agree on ports, labels and Secrets", async () => {
  const { metadata, spec } = await template();
  const [container] = spec.containers;
  const ports = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, containerPort]));
  assertEquals(container.args.at(-2), `${ports.http}`);
  assert(container.args.includes(`--allow-net=0.0.0.0:${ports.http},0.0.0.0:${ports.metrics}`));
  assertEquals(metadata.annotations["prometheus.io/port"], `${ports.metrics}`);
  const { metrics } = await readManifest<{ metrics: { host: string; port: number } }>("hotpath.yaml");
  assertEquals([metrics.host, metrics.port], ["0.0.0.0", ports.metrics]);

  const service = await readManifest<{ spec: { selector: unknown; ports: { targetPort: string }[] } }>("service.yaml");
  assertEquals(service.spec.selector, metadata.labels);
  assertEquals(service.spec.ports.map(({ targetPort }) => targetPort), ["http"]);

  const [secret] = spec.volumes.flatMap(({ secret }) => secret === undefined ? [] : [secret as { secretName: string }]);
  const { spec: monitor } = await readManifest<{
    spec: {
      selector: { matchLabels: unknown };
      podMetricsEndpoints: { port: string; path: string; authorization: { credentials: unknown } }[];
    };
  }>("podmonitor.yaml");
  assertEquals(monitor.selector.matchLabels, metadata.labels);
  const [{ port, path, authorization }] = monitor.podMetricsEndpoints;
  assertEquals([port, path], ["metrics", metadata.annotations["prometheus.io/path"]]);
  assertEquals(authorization.credentials, { name: secret.secretName, key: "token" });
  assert(container.env[0].value.endsWith("/token"));
});

Deno.test("the grace period is longer than the preStop hook and the time for requests in flight", async () => {
  const { spec } = await template();
  const drainMs = Number(/DRAIN_MS = ([\d_]+)/.exec(await readExample("main.ts"))?.[1].replaceAll("_", ""));
  const seconds = spec.containers[0].lifecycle.preStop.sleep.seconds + drainMs / 1_000;
  assertGreater(spec.terminationGracePeriodSeconds, seconds + 1);
});

Deno.test("the image has the Deno of .ci/run and the user of the pod", async () => {
  const ci = await Deno.readTextFile(new URL("../../.ci/run", import.meta.url));
  const [, version] = /^deno_version=(\S+)$/m.exec(ci)!;
  const dockerfile = await readExample("Dockerfile");
  assertStringIncludes(dockerfile, `\nFROM denoland/deno:${version}\n`);
  assertStringIncludes(dockerfile, "\nUSER deno\n");
  assertStringIncludes(await readExample("deployment.yaml"), "runAsUser: 1993 # the user deno of the image");
});

Deno.test("the kustomization names files that exist", async () => {
  const { resources, configMapGenerator } = await readManifest<
    { resources: string[]; configMapGenerator: { name: string; files: string[] }[] }
  >("kustomization.yaml");
  for (const name of [...resources, ...configMapGenerator.flatMap(({ files }) => files)]) await readManifest(name);
  const volumes = JSON.stringify((await template()).spec.volumes);
  for (const { name } of configMapGenerator) assertStringIncludes(volumes, `"name":"${name}"`);
});
