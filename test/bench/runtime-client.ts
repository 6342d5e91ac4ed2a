import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { answerTo } from './answers.ts';
import type { Report } from './report.ts';
import type { Subject } from './subjects.ts';

/** Starts functions under AWS's own runtime interface client; it is kept beside the project, not in it. */
const TOOL = join(import.meta.dirname, '../../../shared/bench');
/** The client of the Node 24 runtime. */
const CLIENT = 'aws-lambda-ric@4.0.2';
/** It has an `onUnload`, so its functions register with the Extensions API, which the tool does not serve. */
const UNSERVED = 'advanced-plugin.';

/**
 * Reports how long each function takes from the start of its process until it asks for the first event, under the client
 * that AWS runs functions with. Says so where the tool or the client is not to be had.
 */
export async function reportRuntimeClient(
  report: Report,
  subjects: readonly Subject[],
  { rounds, workDir }: { readonly rounds: number; readonly workDir: string },
): Promise<void> {
  report.line(`\n### Process start to the first event, under ${CLIENT} (${rounds} rounds)`);
  const missing = (why: string): void => report.line(`\nNot measured: ${why}.`);
  if (!existsSync(join(TOOL, 'ric.mjs'))) return missing('the tool that starts the client is not here');
  const client = packedClient(workDir);
  if (client === undefined) return missing(`npm could not fetch ${CLIENT}`);
  const tool = join(workDir, 'runtime-client');
  // It writes beside itself.
  cpSync(TOOL, tool, { recursive: true });
  const list = join(tool, 'subjects.json');
  const network = await serveAnswers();
  try {
    const measured = subjects.filter(({ name }) => !name.startsWith(UNSERVED));
    writeFileSync(list, JSON.stringify(measured.map((subject) => listed(subject, network.address))));
    const options = [join(tool, 'ric.mjs'), '--ric', client, '--runs', String(rounds), list];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, options);
    report.line('\nWith what a function reads before its first event, answered on this machine.\n');
    stdout
      .trim()
      .split('\n')
      .forEach((row) => report.line(row));
    if (stderr.trim() !== '') report.line(stderr.trim());
  } catch (error) {
    missing(
      String((error as { stderr?: string }).stderr ?? error)
        .trim()
        .slice(-500),
    );
  } finally {
    network.stop();
  }
}

/** The canned answers over HTTP, for processes that cannot be stubbed. */
async function serveAnswers() {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      const { status, contentType, body } = answerTo(
        request.url ?? '/',
        headers,
        Buffer.concat(chunks).toString(),
      );
      response.writeHead(status, { 'content-type': contentType }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => void server.close(),
  };
}

const listed = ({ name, directory, entry, exportName, environment }: Subject, network: string) => ({
  name,
  dir: directory,
  entry: relative(directory, entry),
  export: exportName,
  env: { ...environment, AWS_ENDPOINT_URL: network },
});

/** The client's package in `workDir`, unpacked and not installed: its native part is not used. */
function packedClient(workDir: string): string | undefined {
  const folder = join(workDir, 'client');
  mkdirSync(folder, { recursive: true });
  try {
    const archive = execFileSync('npm', ['pack', CLIENT, '--silent'], { cwd: folder, encoding: 'utf8' });
    execFileSync('tar', ['xzf', archive.trim()], { cwd: folder });
    return join(folder, 'package');
  } catch {
    return undefined;
  }
}
