/** A resource that calls and events flow through, as `GET /dev/resources/graph` answers. */
export interface ResourceNode {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly plugin: string;
}

/** What one resource does to another. */
export interface ResourceEdge {
  readonly from: string;
  readonly to: string;
  readonly does: string;
}

export interface ResourceGraph {
  readonly nodes: readonly ResourceNode[];
  readonly edges: readonly ResourceEdge[];
}

/** A resource of a template, as `GET /dev/resources` answers. */
export interface TemplateResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}
