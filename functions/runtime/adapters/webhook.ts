import { bind } from '../binding.ts';
import { platformProblem } from '../contract/errors.ts';
import type { PluginDefinition, PluginManifest } from '../contract/plugin.ts';
import type { Webhook } from '../contract/webhook.ts';
import type { Adapter } from '../adapter.ts';
import { contextOf } from '../invocation.ts';
import { pipeline, type Handler } from '../pipeline.ts';
import { createRuntime, type RuntimeOptions } from '../runtime.ts';
import type { HttpEvent, HttpResponse } from './http-event.ts';
import { httpProblem, httpResponse } from './http-response.ts';
import { bodyBytes } from './bounded-body.ts';
import { answeringConfig } from './config-alias.ts';

const DEFAULT_MAX_BODY_BYTES = 262_144;

/** Serves one webhook behind a function URL: the body's exact bytes, and no more of them than the manifest allows. */
export function webhookHandler<M extends PluginManifest, C, S>(
  plugin: PluginDefinition<M, C, S>,
  name: keyof M['webhooks'] & string,
  webhook: Webhook<S>,
  options: RuntimeOptions = {},
): Handler<HttpResponse> {
  const maxBodyBytes = plugin.manifest.webhooks?.[name]?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  const runtime = createRuntime(plugin, options);
  const handler = pipeline(runtime, webhookAdapter(name, webhook, maxBodyBytes));
  return bind(answeringConfig(plugin, runtime, handler), { kind: 'webhooks', units: { [name]: webhook } });
}

function webhookAdapter<S>(name: string, webhook: Webhook<S>, maxBodyBytes: number): Adapter<HttpResponse> {
  return {
    describe(raw) {
      const { requestContext, rawPath } = raw as HttpEvent;
      return { operation: `webhook.${name}`, requestId: requestContext?.requestId, instance: rawPath };
    },
    admit(raw) {
      const event = raw as HttpEvent;
      if (bodyBytes(event) > maxBodyBytes) {
        throw platformProblem('payload-too-large', { detail: `A delivery may have ${maxBodyBytes} bytes.` });
      }
      if (event.requestContext.http.method !== 'POST') {
        throw platformProblem('method-not-allowed', { headers: { Allow: 'POST' } });
      }
    },
    async handle(invocation) {
      const event = invocation.event as HttpEvent;
      const rawBody = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
      const headers = Object.fromEntries(
        Object.entries(event.headers).map(([key, value]) => [key.toLowerCase(), value]),
      );
      const { outcome } = await webhook.handle({
        ...contextOf<S>(invocation),
        request: { rawBody, headers, receivedAtMs: event.requestContext.timeEpoch ?? Date.now() },
      });
      invocation.log.info('Webhook', { webhook: name, outcome });
      return httpResponse(invocation, 200, { received: true, outcome });
    },
    refuse(invocation, problem) {
      const { code, status } = problem;
      if (status < 500) {
        invocation.log.count('plugin.webhooks.rejected', 1, { by: { webhook: name }, fields: { code } });
      }
      return httpProblem(invocation, problem);
    },
  };
}
