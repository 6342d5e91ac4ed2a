import type { SandboxAccount } from '../account.ts';
import type { CoreRecords } from '../store/records.ts';

/** A request of a browser. */
interface PageRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

/** What a browser gets. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A page of a provider: undefined for every path that is not its own. */
export type Page = (request: PageRequest) => PageAnswer | undefined;

/** An object after the payer's answer, and where the browser goes, when the merchant said so. */
export interface Answered<T> {
  readonly object: T;
  readonly redirect?: string | undefined;
}

/** What the payer approves at a hosted page. */
export interface ApprovalPage<T> {
  readonly title: string;
  /** The id in the address; undefined for addresses of other pages. */
  readonly idAt: (url: URL) => string | undefined;
  readonly find: (id: string) => T | undefined;
  readonly missing: string;
  readonly text: (object: T) => string;
  /** Why there is nothing to approve; undefined while the payer is asked. */
  readonly closed: (object: T) => string | undefined;
  /** The name of the buttons, and their labels by value. */
  readonly field: string;
  readonly buttons: Readonly<Record<string, string>>;
  /** Acts on a button in one transaction; undefined when the object cannot be answered like this. */
  readonly answer: (object: T, button: string) => Answered<T> | undefined;
  readonly refused: string;
}

/** A hosted page with a button for each answer, which sends the browser on to the merchant. */
export function approvalPage<T, Records extends CoreRecords>(
  { store }: Pick<SandboxAccount<Records>, 'store'>,
  page: ApprovalPage<T>,
): Page {
  const show = (object: T): PageAnswer => {
    const reason = page.closed(object);
    const buttons = Object.entries(page.buttons).map(
      ([value, label]) => `<button name="${page.field}" value="${value}">${label}</button>`,
    );
    const form = `<form method="post">\n      ${buttons.join('\n      ')}\n    </form>`;
    const shown = reason === undefined ? form : `<p>Nothing to approve: ${reason}.</p>`;
    return htmlPage(page.title, `<p>${page.text(object)}</p>\n    ${shown}`);
  };
  return ({ body, method, url }) => {
    const id = page.idAt(url);
    if (id === undefined) return undefined;
    const object = page.find(id);
    if (!object) return refusalPage(404, page.missing);
    if (method !== 'POST') return show(object);
    const button = new URLSearchParams(body).get(page.field) ?? '';
    const done = store.transaction(() => page.answer(object, button));
    if (!done) return refusalPage(400, page.refused);
    const { redirect } = done;
    return redirect === undefined
      ? show(done.object)
      : { status: 303, headers: { location: redirect }, body: '' };
  };
}

/** A page without scripts, styles or anything from elsewhere. */
function htmlPage(title: string, content: string): PageAnswer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
  };
  const body = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>${title}</title></head>
  <body>
    <h1>${title}</h1>
    ${content}
  </body>
</html>
`;
  return { status: 200, headers, body };
}

/** A refusal by the sandbox itself, and why. */
export function refusalPage(status: number, message: string): PageAnswer {
  const body = JSON.stringify({ error: { type: 'invalid_request_error', message } }, null, 2);
  return { status, headers: { 'content-type': 'application/json' }, body };
}

/** A URL of the merchant with more in its query; undefined without one. */
export function withQuery(
  url: string | null | undefined,
  query: Readonly<Record<string, string>>,
): string | undefined {
  if (!url) return undefined;
  const to = new URL(url);
  for (const [name, value] of Object.entries(query)) to.searchParams.set(name, value);
  return to.href;
}
