import { begin } from './begin.ts';

interface SwaggerRequest {
  /** Whether it reads the document. */
  readonly loadSpec?: boolean;
  readonly headers: Record<string, string>;
}

/** What is used of Swagger UI, whose script stands before this one. */
declare const SwaggerUIBundle: (options: {
  readonly domNode: Element;
  readonly url: string;
  readonly validatorUrl: null;
  readonly deepLinking: boolean;
  readonly filter: boolean;
  readonly tryItOutEnabled: boolean;
  readonly docExpansion: 'none';
  readonly displayRequestDuration: boolean;
  readonly defaultModelsExpandDepth: number;
  readonly requestInterceptor: (request: SwaggerRequest) => SwaggerRequest;
  readonly onComplete: () => void;
}) => { preauthorizeApiKey(scheme: string, token: string): void };

const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = (): boolean => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

void begin('Authorize replaces it', (token) => {
  const ui = SwaggerUIBundle({
    domNode: document.getElementById('viewer')!,
    url: '/openapi.json',
    // Its default sends the document to a server of Swagger's.
    validatorUrl: null,
    deepLinking: true,
    filter: true,
    tryItOutEnabled: true,
    docExpansion: 'none',
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    requestInterceptor: (request) => {
      if (request.loadSpec && token !== undefined) request.headers['authorization'] = `Bearer ${token}`;
      return request;
    },
    onComplete: () => {
      if (token !== undefined) ui.preauthorizeApiKey('token', token);
    },
  });
});
