import type { ConfigDocument } from '#runtime/lifecycle/config-document.ts';
import { ConfigError } from '#runtime/lifecycle/config-error.ts';
import { configProblem } from './errors.ts';
import type { ConfigServices, ConfiguredPlugin } from './services.ts';

/** A version as it is stored. @throws ProblemError 409 `config-unreadable` for what is no document */
export async function storedDocument(
  { name }: ConfiguredPlugin,
  versionId: string,
  { secrets }: Pick<ConfigServices, 'secrets'>,
): Promise<ConfigDocument> {
  try {
    return await secrets.read(name, versionId);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw configProblem('config-unreadable', { detail: error.message, extensions: { errors: error.faults } });
  }
}
