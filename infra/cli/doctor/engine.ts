import { spawnSync } from 'node:child_process';
import { chooseEngine, type EngineSearch } from '#infra/local/engine/choose.ts';
import { installCommand } from '#infra/local/engine/no-engine.ts';
import { type Check, fail, ok } from './check.ts';

/** Which engine `npm start` would take, and whether it runs. */
export async function checkEngine(search: EngineSearch): Promise<Check> {
  const choice = await chooseEngine(search);
  const install = installCommand(search.machine ?? process);
  const named = 'set DYNAMODB_ENDPOINT to a running DynamoDB';
  switch (choice.kind) {
    case 'endpoint':
      return ok('engine', `DYNAMODB_ENDPOINT is ${choice.endpoint}`);
    case 'embedded':
      return checkBinary(choice.packageName, choice.binary, `install it again with npm ci, or ${named}`);
    case 'container':
      return ok('engine', `DynamoDB Local in ${choice.program}`);
    case 'none':
      return fail(
        'engine',
        ['no DynamoDB engine', ...choice.silent.map(({ program, reason }) => `${program}: ${reason}`)].join(
          '; ',
        ),
        [install, 'start docker or podman', named].filter((way) => way !== undefined).join(', or '),
      );
  }
}

function checkBinary(packageName: string, binary: string, fix: string): Check {
  const { status, stdout, stderr, error } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (status === 0) return ok('engine', stdout.trim());
  return fail('engine', `${packageName} does not run: ${error?.message ?? stderr.trim()}`, fix);
}
