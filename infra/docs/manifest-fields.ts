/** The parts of JSON Schema that the schema of plugin.json uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** One row of the manifest reference. */
export type FieldRow = readonly [path: string, value: string, meaning: string];

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

/** What may be written there, in words. */
function formOf({ type, const: constant, enum: values, minimum, maximum, items, anyOf }: Schema): string {
  if (constant !== undefined) return code(constant);
  if (values) return values.map(code).join(' or ');
  if (minimum !== undefined && maximum !== undefined) return `${type}, ${minimum} to ${maximum}`;
  if (items?.type === 'object') return 'list of objects';
  if (items) return 'list of texts';
  if (anyOf)
    return anyOf.map(formOf).every((form) => form.includes('text'))
      ? anyOf.map(formOf).join(' or ')
      : 'one of these objects';
  return type === 'string' ? 'text' : (type ?? 'object');
}

function valueOf(schema: Schema, required: boolean): string {
  if (required) return `${formOf(schema)}; required`;
  const { default: preset } = schema;
  const isEmpty = typeof preset === 'object' && Object.keys(preset ?? {}).length === 0;
  return preset === undefined || isEmpty
    ? formOf(schema)
    : `${formOf(schema)}; ${code(preset)} when left out`;
}

/** Every field of the manifest in the order of its schema; `<name>` stands for a name of the author's choice. */
export function manifestFields(schema: Schema, path = ''): FieldRow[] {
  const {
    properties = {},
    required = [],
    propertyNames,
    additionalProperties: members,
    items,
    anyOf,
  } = schema;
  const named = Object.entries(properties).flatMap(([name, member]): FieldRow[] => {
    const at = path === '' ? name : `${path}.${name}`;
    const meaning = member.description ?? member.items?.description ?? '';
    return [[at, valueOf(member, required.includes(name)), meaning], ...manifestFields(member, at)];
  });
  const free =
    typeof members === 'object' ? ofRecord(members, propertyNames?.description, `${path}.<name>`) : [];
  const inList = items?.properties ? manifestFields(items, `${path}[]`) : [];
  return [...named, ...free, ...inList, ...(anyOf ?? []).flatMap((one) => manifestFields(one, path))];
}

/** Nothing for a record whose members are not described, such as a pattern that goes to AWS as it is. */
function ofRecord(member: Schema, nameMeans: string | undefined, path: string): FieldRow[] {
  const meaning = [nameMeans, member.items?.description ?? member.description].filter(Boolean).join(' ');
  return meaning === '' ? [] : [[path, formOf(member), meaning], ...manifestFields(member, path)];
}
