/** The SDL of the composed GraphQL API, beside the templates of a synth. */
export const SCHEMA_FILE = 'schema.graphql';
