import { App, CloudFormationValidatePlugin } from 'aws-cdk-lib';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

// Its rules are compiled once.
const cloudFormation = new CloudFormationValidatePlugin();

/** What CloudFormation's own validator finds in the templates of a folder, warnings too. @throws Error without templates */
export function templateFindings(dir: string): readonly string[] {
  const stackTemplates = readdirSync(dir)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => ({
      stackConstructPath: file,
      templatePath: join(dir, file),
      accountId: undefined,
      region: undefined,
    }));
  if (stackTemplates.length === 0) throw new Error(`${dir} has no templates`);
  const { violations } = cloudFormation.validate({
    templatePaths: stackTemplates.map(({ templatePath }) => templatePath),
    stackTemplates,
    appConstruct: new App(),
  });
  return violations.map(({ ruleName, description }) => `${ruleName} ${description}`);
}
