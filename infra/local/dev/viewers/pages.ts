import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { SCHEMA_FILE } from '#infra/process/schema-file.ts';
import { type HttpResponse, json } from '../../http/response.ts';
import type { Assembly } from '../../resources/assembly.ts';
import { icon } from './own-files.ts';
import { installCommand, isInstalled } from './packages.ts';
import { ownFiles, type Viewer, viewers } from './viewers.ts';

const SCHEMA_PATH = '/dev/schema.graphql';
const FILES_PATH = '/dev/viewers';

/** The page of a viewer; where its package is not installed, what installs it. */
export async function viewerPage(viewer: Viewer, assembly: Assembly): Promise<HttpResponse> {
  if (isInstalled(viewer.package)) return page(viewer, assembly, 200, '<main id="viewer"></main>');
  const command = await installCommand(viewer.package);
  return page(
    { ...viewer, scripts: [], styles: viewer.styles.filter((name) => name in ownFiles) },
    assembly,
    501,
    `<main class="viewer-absent"><h1>The viewer is not installed</h1>
    <p>This page needs the package ${viewer.package.name}. Install it, and start the system again:</p>
    <pre>${command}</pre></main>`,
  );
}

/** A file that the page of a viewer loads. */
export async function viewerFile(name: string, known: readonly Viewer[] = viewers): Promise<HttpResponse> {
  const owner = known.find(({ files }) => Object.hasOwn(files, name));
  if (owner !== undefined && !isInstalled(owner.package)) {
    const message = `${owner.package.name} is not installed: ${await installCommand(owner.package)}`;
    return json(501, { code: 'viewer-not-installed', message });
  }
  const all = { 'icon.svg': icon, ...ownFiles, ...owner?.files };
  const read = Object.hasOwn(all, name) ? all[name as keyof typeof all] : undefined;
  if (read === undefined) return json(404, { code: 'file-unknown', message: `no viewer has a file ${name}` });
  return { status: 200, headers: { 'content-type': TYPES[extname(name)] ?? '' }, body: await read() };
}

/** The GraphQL schema of the system that runs, as its synth wrote it. */
export async function schemaText({ dir }: Assembly): Promise<HttpResponse> {
  const body = await readFile(join(dir, SCHEMA_FILE));
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

function page(
  { title, path, styles, scripts, allows }: Viewer,
  { routes }: Assembly,
  status: number,
  main: string,
): HttpResponse {
  const hasConsole = routes.some(({ key }) => key === 'GET /console');
  const places = [
    ...viewers.map((viewer) => [viewer.path, viewer.title] as const),
    [SCHEMA_PATH, 'Schema'] as const,
    ...(hasConsole ? [['/console', 'Console'] as const] : []),
  ];
  const link = ([to, text]: (typeof places)[number]): string =>
    `<a href="${to}"${to === path ? ' aria-current="page"' : ''}>${text}</a>`;
  const script = (name: string): string =>
    // The package's own are no modules; both wait for the page, and run in their order.
    `<script ${name in ownFiles ? 'type="module"' : 'defer'} src="${FILES_PATH}/${name}"></script>`;
  const body = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} · AnineePlus Plugins</title>
    <link rel="icon" href="${FILES_PATH}/icon.svg" type="image/svg+xml" />
    ${styles.map((name) => `<link rel="stylesheet" href="${FILES_PATH}/${name}" />`).join('\n    ')}
    ${scripts.map(script).join('\n    ')}
  </head>
  <body>
    <header class="viewer-bar">
      <nav aria-label="Viewers">${places.map(link).join(' ')}</nav>
      <p id="caller" role="status"></p>
    </header>
    ${main}
    <noscript>This page needs JavaScript.</noscript>
  </body>
</html>
`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...policyOf(allows) }, body };
}

function policyOf(allows: Viewer['allows']): Readonly<Record<string, string>> {
  const policy = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'connect-src': "'self'",
    ...allows,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  const text = Object.entries(policy).map(([name, value]) => `${name} ${value}`);
  return { 'content-security-policy': text.join('; ') };
}
