import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** What CodeDeploy waits for before it moves traffic. */
export interface HookOutcome {
  readonly deploymentId: string;
  readonly lifecycleEventHookExecutionId: string;
  readonly status: 'Succeeded' | 'Failed';
}

/** The one call of CodeDeploy that a hook makes. */
export interface CodeDeploy {
  /** @throws Error when CodeDeploy does not take the outcome */
  report(outcome: HookOutcome): Promise<void>;
}

interface CodeDeployOptions {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** CodeDeploy's own when left out. */
  readonly endpoint?: string | undefined;
  readonly timeoutMs?: number;
}

/** SHA-256 of Node.js in the form that the signer takes. */
class Sha256 {
  readonly #hash: { update(data: Uint8Array | string): unknown; digest(): Buffer };

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);

/** CodeDeploy over its JSON protocol, signed as the function. */
export function createCodeDeploy(options: CodeDeployOptions): CodeDeploy {
  const { region, credentials, timeoutMs = 5000 } = options;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(options.endpoint ?? `https://codedeploy.${region}.${suffix}`);
  const signer = new SignatureV4({ service: 'codedeploy', region, credentials, sha256: Sha256 });
  return {
    async report(outcome) {
      const body = JSON.stringify(outcome);
      const { headers } = await signer.sign({
        method: 'POST',
        protocol: url.protocol,
        hostname: url.hostname,
        path: '/',
        headers: {
          host: url.host,
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus',
        },
        body,
      });
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`CodeDeploy answered ${response.status}: ${text.slice(0, 300)}`);
    },
  };
}
