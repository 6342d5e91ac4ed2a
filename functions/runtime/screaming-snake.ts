/** `stripe.secretKey` -> `STRIPE_SECRET_KEY`: humps and everything but letters and digits become an underscore. */
export const screamingSnake = (text: string): string =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
