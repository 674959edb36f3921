import { assertEquals } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { stringify } from "@std/yaml/stringify";
import { withDirectory } from "../_support/directory.ts";
import { type Deployment, readExample, readManifest, startPod } from "../_support/examples/pod.ts";
import { runPeer, waitFor } from "../_support/peers/peer.ts";
import { Prometheus } from "../_support/peers/prometheus.ts";

const TOKEN = "0123456789abcdef";

interface ScrapeConfig {
  kubernetes_sd_configs?: unknown;
  static_configs?: { targets: string[]; labels: Record<string, string> }[];
  authorization: { credentials_file: string };
}

/** Labels that Prometheus discovers for each declared port of a pod. */
async function discovered(port: number, declaredPort: number, phase: string): Promise<Record<string, string>> {
  const { metadata } = (await readManifest<Deployment>("deployment.yaml")).spec.template;
  const meta = (kind: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, value]) => [
      `__meta_kubernetes_pod_${kind}_${name.replaceAll(/\W/g, "_")}`,
      value.replace(`${declaredPort}`, `${port}`),
    ]);
  return Object.fromEntries([
    ...meta("label", metadata.labels),
    ...meta("annotation", metadata.annotations),
    ["__meta_kubernetes_namespace", "shop"],
    ["__meta_kubernetes_pod_name", `orders-${phase.toLowerCase()}`],
    ["__meta_kubernetes_pod_phase", phase],
  ]);
}

Deno.test("prometheus.yml of the pods scrapes the annotated port of running pods, and no other", async () => {
  await withDirectory(async (directory) => {
    await using pod = await startPod(directory, TOKEN);
    const config = parse(await readExample("prometheus.yml")) as { scrape_configs: ScrapeConfig[] };
    const [scrape] = config.scrape_configs;
    assertEquals(scrape.kubernetes_sd_configs, [{ role: "pod" }]);
    // Debian's Prometheus is built without Kubernetes, so the targets are those that it would discover.
    delete scrape.kubernetes_sd_configs;
    const targetsOf = async (phase: string) =>
      await Promise.all([pod.httpPort, pod.metricsPort].map(async (port) => ({
        targets: [`127.0.0.1:${port}`],
        labels: {
          ...await discovered(pod.metricsPort, 9464, phase),
          __meta_kubernetes_pod_container_port_number: `${port}`,
        },
      })));
    scrape.static_configs = [...await targetsOf("Running"), ...await targetsOf("Succeeded")];
    scrape.authorization.credentials_file = `${directory}/token/token`;
    const text = stringify(config).replace("scrape_interval: 15s", "scrape_interval: 1s");

    await Deno.writeTextFile(`${directory}/prometheus.yml`, text);
    const { code, said } = await runPeer("promtool", ["check", "config", `${directory}/prometheus.yml`]);
    assertEquals(code, 0, said);

    await using prometheus = await Prometheus.start(text, []);
    const [target] = await waitFor("a good scrape", async () => {
      const targets = await prometheus.targets();
      return targets.every(({ health }) => health === "up") && targets.length > 0 ? targets : undefined;
    });
    assertEquals(target.lastError, "");
    const up = await prometheus.query("up");
    const { __name__: _, instance, ...labels } = up[0].metric;
    assertEquals(up.length, 1);
    assertEquals(instance, `127.0.0.1:${pod.metricsPort}`);
    assertEquals(labels, { job: "orders", namespace: "shop", pod: "orders-running" });
    await pod.program.stop("SIGTERM");
  });
});
