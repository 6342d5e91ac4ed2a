import { parse, print, visit, type ASTNode } from 'graphql';

/** A schema without its descriptions, and the descriptions by path: `Type`, `Type.field`, `Type.field.argument`. */
interface BareSchema {
  readonly sdl: string;
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * Takes the descriptions out of a schema: the GraphQL function parses it at each cold start, and only introspection reads them.
 * @param sdl a valid schema
 */
export function bareSchema(sdl: string): BareSchema {
  const texts: Record<string, string> = {};
  const path: string[] = [];
  const document = visit(parse(sdl, { noLocation: true }), {
    enter(node: ASTNode) {
      if (!('description' in node)) return undefined;
      path.push('name' in node && node.name ? node.name.value : '');
      if (node.description) texts[path.join('.')] = node.description.value;
      return undefined;
    },
    leave(node: ASTNode) {
      if (!('description' in node)) return undefined;
      path.pop();
      return { ...node, description: undefined };
    },
  });
  return { sdl: print(document), texts };
}
