import { useState } from 'preact/hooks';
import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Buyers } from './buyers.tsx';
import { Clocks } from './clocks.tsx';
import { Decisions } from './decisions.tsx';
import { Disputes } from './disputes.tsx';
import { Faults } from './faults.tsx';
import { Requests } from './requests.tsx';
import { control, type Sandbox } from './types.ts';
import { WebhookDeliveries } from './webhook-deliveries.tsx';

/** The local providers: what they are asked, what they send, and how one plays buyers, banks and bad luck. */
export function SandboxesPage() {
  const sandboxes = useResource<{ readonly sandboxes: readonly Sandbox[] }>('/dev/sandboxes');
  return (
    <Page
      title="Sandboxes"
      summary="Providers on this machine. Act as the buyer, as the bank and as a network that fails."
    >
      <Loaded resource={sandboxes} lines={12}>
        {({ sandboxes: all }) => <Chosen sandboxes={all} />}
      </Loaded>
    </Page>
  );
}

function Chosen({ sandboxes }: { readonly sandboxes: readonly Sandbox[] }) {
  const [name, setName] = useState(sandboxes[0]?.name);
  const sandbox = sandboxes.find((one) => one.name === name);
  if (sandbox === undefined) {
    return (
      <EmptyState title="No sandbox runs.">
        Real keys in .env replace a sandbox by the real provider, and a plugin that cannot be built has none.
      </EmptyState>
    );
  }
  return (
    <>
      <div class="page-header">
        <div class="tabs" role="group" aria-label="Sandbox">
          {sandboxes.map((one) => (
            <button
              key={one.name}
              type="button"
              aria-pressed={one.name === name}
              onClick={() => setName(one.name)}
            >
              {one.name}
            </button>
          ))}
        </div>
        <Reset sandbox={sandbox} />
      </div>
      <SandboxSections key={sandbox.name} sandbox={sandbox} />
    </>
  );
}

function SandboxSections({ sandbox: { name, plugin, url } }: { readonly sandbox: Sandbox }) {
  return (
    <>
      <p class="muted">
        The sandbox of {plugin}, at <code>{url}</code>
      </p>
      {plugin === 'payment' && (
        <>
          <Section title="Payments that wait for their buyer">
            <Buyers sandbox={name} />
          </Section>
          <Section title="Decisions">
            <Decisions sandbox={name} />
          </Section>
          <Section title="Disputes">
            <Disputes sandbox={name} />
          </Section>
        </>
      )}
      <WebhookDeliveries sandbox={name} />
      <Faults sandbox={name} />
      <Section title="Clocks">
        <Clocks sandbox={name} />
      </Section>
      <Section title="Requests">
        <Requests sandbox={name} />
      </Section>
    </>
  );
}

function Reset({ sandbox: { name } }: { readonly sandbox: Sandbox }) {
  const reset = async (): Promise<string> => {
    await control(name, 'reset');
    return `The ${name} sandbox has forgotten everything.`;
  };
  return (
    <Action
      label="Reset"
      tone="danger"
      run={reset}
      confirm={{
        title: `Reset the ${name} sandbox?`,
        children: (
          <p>
            It forgets its payments, customers, subscriptions, webhooks and faults. The payments of this
            system stay, and can no longer be verified, captured or refunded.
          </p>
        ),
      }}
    />
  );
}
