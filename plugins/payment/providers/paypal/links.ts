/** Links as the SDK reads them, and as events and thin answers carry them. */
type Links = readonly { readonly rel: string; readonly href: string }[] | undefined;

/** Where a link of the first of these relations leads. */
export function hrefOf(links: Links, ...relations: readonly string[]): string | undefined {
  for (const relation of relations) {
    const found = links?.find(({ rel }) => rel === relation);
    if (found !== undefined) return found.href;
  }
  return undefined;
}

/** The id at the end of an address that leads to such a thing: `…/captures/<id>`. */
export function idAt(href: string | undefined, thing: string): string | undefined {
  const [, parent, id] = /\/([\w-]+)\/([\w-]{1,64})$/.exec(href ?? '') ?? [];
  return parent === thing ? id : undefined;
}
