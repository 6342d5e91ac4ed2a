import { begin } from './begin.ts';

interface GraphqlRequest {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string | null;
}

/** What is used of GraphiQL, whose script stands before this one. */
declare const YogaGraphiQL: {
  renderYogaGraphiQL(
    element: Element,
    options: {
      readonly title: string;
      readonly logo: string;
      readonly defaultQuery: string;
      readonly shouldPersistHeaders: boolean;
      readonly fetcher: (
        request: GraphqlRequest,
        options?: { readonly headers?: Readonly<Record<string, string>> },
      ) => Promise<unknown>;
    },
  ): void;
};

const FIRST_QUERY = `# Ctrl+Space completes, Ctrl+Enter runs.
# The book at the left has the documentation.
{
  __typename
}
`;

// The editor's workers are files of this origin, so that the page may load nothing else.
Object.assign(globalThis, {
  MonacoEnvironment: {
    globalAPI: false,
    getWorkerUrl: (_module: string, label: string): string => `/dev/viewers/${label}.worker.js`,
  },
});

void begin('an authorization header under Headers replaces it', (token) => {
  YogaGraphiQL.renderYogaGraphiQL(document.getElementById('viewer')!, {
    title: '',
    logo: '',
    defaultQuery: FIRST_QUERY,
    // A token must not outlive the tab.
    shouldPersistHeaders: false,
    fetcher: async (request, { headers: given } = {}) => {
      const headers = new Headers({ 'content-type': 'application/json', ...given });
      if (token !== undefined && !headers.has('authorization'))
        headers.set('authorization', `Bearer ${token}`);
      const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(request) });
      return (await answer.json()) as unknown;
    },
  });
});
