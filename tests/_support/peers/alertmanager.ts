/**
 * An Alertmanager with the routes of `examples/monitoring`, and the webhook that receives its notifications.
 *
 * @module
 */

import { parse } from "@std/yaml/parse";
import { stringify } from "@std/yaml/stringify";
import { Peer, waitFor } from "./peer.ts";

/** A notification. */
export interface Notification {
  /** Name of the receiver. */
  readonly receiver: string;
  /** `firing` if any alert fires. */
  readonly status: "firing" | "resolved";
  /** Labels that its alerts are grouped by. */
  readonly groupLabels: Readonly<Record<string, string>>;
  /** Alerts. */
  readonly alerts: readonly {
    readonly status: "firing" | "resolved";
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** A server that receives notifications. */
export class Webhook implements AsyncDisposable {
  /** Notifications in order of arrival. */
  readonly notifications: Notification[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Listens on a free port. */
  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, async (request) => {
      this.notifications.push(await request.json());
      return new Response();
    });
  }

  /** Address of the server. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Waits for a notification, unless it has already arrived. */
  async find(what: string, isIt: (notification: Notification) => boolean): Promise<Notification> {
    return await waitFor(what, () => Promise.resolve(this.notifications.find(isIt)));
  }

  /** Stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Starts an Alertmanager with the example's routes and inhibitions, webhooks as receivers, and short waits. */
export async function startAlertmanager(webhook: Webhook, directory: string): Promise<{ peer: Peer; address: string }> {
  const text = await Deno.readTextFile(new URL("../../../examples/monitoring/alertmanager.yml", import.meta.url));
  const example = parse(text) as { route: Route; inhibit_rules: unknown; receivers: { name: string }[] };
  const config = {
    route: hurried(example.route),
    inhibit_rules: example.inhibit_rules,
    receivers: example.receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: webhook.url, send_resolved: true }],
    })),
  };
  const file = `${directory}/alertmanager.yml`;
  await Deno.writeTextFile(file, stringify(config));
  let address = "";
  const peer = await Peer.start("prometheus-alertmanager", "/-/ready", (place) => {
    address = place.address;
    return Promise.resolve([
      `--config.file=${file}`,
      `--storage.path=${place.directory}/data`,
      `--web.listen-address=${address}`,
      "--cluster.listen-address=",
    ]);
  });
  return { peer, address };
}

interface Route {
  readonly routes?: readonly Route[];
}

function hurried(route: Route): unknown {
  return {
    ...route,
    group_wait: "1s",
    group_interval: "1s",
    ...(route.routes && { routes: route.routes.map(hurried) }),
  };
}
