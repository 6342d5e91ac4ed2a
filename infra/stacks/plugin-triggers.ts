import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DeadLetterQueue } from '#infra/constructs/dead-letter-queue.ts';
import type { Deployment } from '#infra/deployment/deployment.ts';
import { EventRelay } from '#infra/constructs/event-relay.ts';
import type { HttpApi } from '#infra/constructs/http-api.ts';
import { PluginRoutes } from '#infra/constructs/plugin-routes.ts';
import { RouteThrottles } from '#infra/constructs/route-throttles.ts';
import type { PluginTable } from '#infra/constructs/plugin-table.ts';
import { QueueState } from '#infra/constructs/queue-state.ts';
import type { Subscription } from '#infra/constructs/subscription.ts';
import { WebhookUrl } from '#infra/constructs/webhook-url.ts';
import type { Manifest } from '#infra/manifest/schema.ts';

/** The alias that AWS's triggers start, of the function with this key. */
export type Target = (key: string) => Alias;

export interface RoutingProps {
  readonly deployment: Deployment;
  readonly api: HttpApi;
  readonly manifest: Manifest;
}

/** Routes of the API to the functions that serve public operations, and their throttles. */
export function routeOperations(
  scope: Construct,
  { deployment, api, manifest }: RoutingProps,
  target: Target,
): void {
  const operations = Object.values(manifest.operations).filter(({ expose }) => expose === 'public');
  const keys = new Set(operations.filter(({ http }) => http).map((operation) => operation.function));
  const throttled = [...keys].flatMap((key) => {
    const routes = operations.flatMap(({ http, scope: needed, function: fn }) =>
      http && fn === key ? [{ ...http, scope: needed }] : [],
    );
    return new PluginRoutes(scope, `Routes-${key}`, { api, target: target(key), routes }).throttled;
  });
  if (throttled.length === 0) return;
  new RouteThrottles(scope, 'RouteThrottles', { deployment, api, plugin: manifest.name, routes: throttled });
}

/** A function URL for each webhook. */
export function openWebhooks(scope: Construct, { name, webhooks }: Manifest, target: Target): void {
  for (const [webhook, { path, maxBodyBytes, function: fn }] of Object.entries(webhooks)) {
    const props = { plugin: name, webhook, path, maxBodyBytes, target: target(fn) };
    new WebhookUrl(scope, `Webhook-${webhook}`, props);
  }
}

export interface FeedProps {
  readonly deployment: Deployment;
  readonly manifest: Manifest;
  readonly subscriptions: Readonly<Record<string, Subscription>>;
}

/** Feeds each subscription's function from its queue, as the registry says whether the plugin takes messages. */
export function feedSubscriptions(
  scope: Construct,
  { deployment, manifest, subscriptions }: FeedProps,
  target: Target,
): void {
  const mappings = Object.entries(manifest.events.subscribes).flatMap(
    ([key, { function: fn }]) => subscriptions[key]?.feed(target(fn)) ?? [],
  );
  if (mappings.length === 0) return;
  const state = new QueueState(scope, 'QueueState', { deployment, plugin: manifest.name, mappings });
  for (const subscription of Object.values(subscriptions)) subscription.routeEventsAfter(state.resource);
}

export interface RelayProps {
  readonly manifest: Manifest;
  readonly tables: Readonly<Record<string, PluginTable>>;
  readonly deadLetters: DeadLetterQueue;
}

/** Feeds the relay from the stream of every table that has an outbox. */
export function feedRelay(
  scope: Construct,
  { manifest, tables, deadLetters }: RelayProps,
  relay: Alias,
): void {
  for (const [key, { sortKey, stream }] of Object.entries(manifest.tables)) {
    const streamArn = tables[key]?.streamArn;
    if (!stream || streamArn === undefined || sortKey === undefined) continue;
    const { sortKeyPrefix } = stream.relay;
    new EventRelay(scope, `Relay-${key}`, { streamArn, sortKey, sortKeyPrefix, deadLetters, relay });
  }
}
