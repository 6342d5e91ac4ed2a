import { useState } from 'preact/hooks';
import { useResource } from '../../api/use-resource.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Graph } from '../../parts/graph/graph.tsx';
import { allOr } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { pictureOf, shortName } from './picture.ts';
import type { ResourceGraph, ResourceNode, TemplateResource } from './types.ts';

/** What the assembly that runs here is made of: a picture for each plugin, and every resource in a table. */
export function ResourcesPage() {
  const graph = useResource<ResourceGraph>('/dev/resources/graph');
  const resources = useResource<{ readonly resources: readonly TemplateResource[] }>('/dev/resources');
  return (
    <Page
      title="Resources"
      summary="The synthesized templates that run on this machine: what calls and events flow through, and everything else."
    >
      <Loaded resource={graph} lines={12}>
        {(data) => <Connections graph={data} />}
      </Loaded>
      <Loaded resource={resources} lines={12}>
        {({ resources: all }) => <Everything resources={all} />}
      </Loaded>
    </Page>
  );
}

function Connections({ graph }: { readonly graph: ResourceGraph }) {
  const plugins = [...new Set(graph.nodes.map(({ plugin }) => plugin))].sort();
  const [plugin, setPlugin] = useState(plugins.find((name) => name !== 'platform') ?? 'platform');
  const picture = pictureOf(graph, plugin);
  const nameOf = (id: string): string => {
    const node = picture.nodes.find((one) => one.id === id);
    return node === undefined ? id : shortName(node);
  };
  const isSent = (does: string): boolean =>
    !['invokes', 'calls', 'reads', 'writes', 'reads and writes'].includes(does);
  return (
    <Section
      title="Connections"
      actions={
        <div class="tabs" role="group" aria-label="Plugin">
          {plugins.map((name) => (
            <button key={name} type="button" aria-pressed={name === plugin} onClick={() => setPlugin(name)}>
              {name}
            </button>
          ))}
        </div>
      }
    >
      <Graph
        label={`The resources of ${plugin}, and how they are connected`}
        nodes={picture.nodes.map((node) => ({
          id: node.id,
          label: shortName(node),
          detail: node.isOwn ? kindOf(node) : `${kindOf(node)} of ${node.plugin}`,
          ...(node.isOwn && { tone: 'good' as const }),
        }))}
        edges={picture.edges.map(({ from, to, does }) => ({
          from,
          to,
          label: does === 'invokes' ? '' : does,
          title: `${nameOf(from)} ${does} ${nameOf(to)}`,
          isDashed: isSent(does),
        }))}
      />
      <p class="muted">
        Solid arrows are calls, dashed ones what is sent. The access of every function to the registry and the
        errors is left out, and so are the calls of the platform.
      </p>
    </Section>
  );
}

const kindOf = ({ kind }: ResourceNode): string => (kind === 'route' ? 'of the HTTP API' : kind);

function Everything({ resources }: { readonly resources: readonly TemplateResource[] }) {
  const [stack, setStack] = useState('');
  const [type, setType] = useState('');
  const [text, setText] = useState('');
  const stacks = [...new Set(resources.map((one) => one.stack))];
  const types = [...new Set(resources.map((one) => one.type))].sort();
  const rows = resources.filter(
    (one) =>
      (stack === '' || one.stack === stack) &&
      (type === '' || one.type === type) &&
      `${one.logicalId} ${one.physicalId}`.toLowerCase().includes(text.toLowerCase()),
  );
  return (
    <Section title={`All resources (${rows.length})`}>
      <div class="filters">
        <SelectField label="Stack" name="stack" value={stack} options={allOr(stacks)} onInput={setStack} />
        <SelectField label="Type" name="type" value={type} options={allOr(types)} onInput={setType} />
        <Field label="Name" name="text" type="search" value={text} onInput={setText} />
      </div>
      {rows.length === 0 ? (
        <EmptyState title="No resource is like this.">Choose other filters.</EmptyState>
      ) : (
        <DataTable
          caption="Resources"
          shownFirst={50}
          rows={rows}
          keyOf={({ stack: name, logicalId }) => `${name}/${logicalId}`}
          empty="No resource is like this."
          columns={[
            { label: 'Type', cell: ({ type: name }) => name.replace(/^AWS::/, '').replaceAll('::', ' ') },
            { label: 'Stack', cell: (one) => one.stack },
            {
              label: 'Physical name',
              cell: ({ physicalId }) => <code>{physicalId.replace(/^https:.*\//, '')}</code>,
            },
          ]}
        />
      )}
    </Section>
  );
}
