import { call, path } from '../../api/client.ts';

/** A sandbox as `GET /dev/sandboxes` lists it. */
export interface Sandbox {
  readonly plugin: string;
  readonly name: string;
  readonly url: string;
}

/** A request that a sandbox was sent, as `GET /__sandbox/requests` answers. */
export interface SandboxRequest {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly replayed: boolean;
  readonly fault: boolean;
}

/** A webhook on its way, as `GET /__sandbox/webhooks` answers. */
export interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly object: string;
  readonly state: string;
  readonly attempts: readonly { readonly at: string; readonly status?: number; readonly error?: string }[];
}

export interface Webhooks {
  readonly mode: string;
  readonly delayMs: number;
  readonly deliveries: readonly Delivery[];
}

/** A failure that a sandbox was told to make. */
export interface Fault {
  readonly method?: string;
  readonly path?: string;
  readonly times?: number;
  readonly share?: number;
  readonly status?: number;
  readonly delayMs: number;
  readonly reset: boolean;
  readonly after: boolean;
}

/** What a payer, a bank or the provider can decide, as `GET /__sandbox/decisions` answers. */
export interface Decision {
  readonly kind: string;
  readonly id: string;
  readonly status: string;
  readonly about: string;
  readonly choices: readonly {
    readonly label: string;
    readonly control: string;
    readonly body: unknown;
  }[];
}

/** A payment as `GET /payments` lists it, as far as its provider's sandbox is about it. */
export interface Payment {
  readonly id: string;
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly provider: string;
  readonly providerRef?: string | null;
  readonly disputeStatus: string;
  readonly nextAction?: { readonly url?: string };
  readonly createdAt: string;
}

/** The path of a control at this system's own origin. @param name such as `faults`, below `/__sandbox` */
export const controlPath = (sandbox: string, name: string): string =>
  `${path`/dev/sandboxes/${sandbox}`}/__sandbox/${name}`;

/** Tells a sandbox what to do. @throws ApiProblem with its reason when it cannot */
export async function control(sandbox: string, name: string, body: unknown = {}): Promise<void> {
  await call(controlPath(sandbox, name), { method: 'POST', body });
}
