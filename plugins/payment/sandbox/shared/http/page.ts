/** A request of a browser. */
export interface PageRequest {
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

/** The pages of a provider: undefined for every path that is none. */
export type Pages = (request: PageRequest) => PageAnswer | undefined;

/** A page without scripts, styles or anything from elsewhere. */
export function htmlPage(title: string, content: string): PageAnswer {
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

/** Sends the browser on. */
export function redirect(location: string): PageAnswer {
  return { status: 303, headers: { location }, body: '' };
}

/** A page that cannot be shown, and why. */
export function refusal(status: number, message: string): PageAnswer {
  const body = JSON.stringify({ error: { type: 'invalid_request_error', message } }, null, 2);
  return { status, headers: { 'content-type': 'application/json' }, body };
}
