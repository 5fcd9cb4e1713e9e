import { expect, it } from 'vitest';
import { ConnectionError, connectionErrorMessage } from '../../../src/http/connection-error.ts';

const errorOf = (code: string): ConnectionError => {
  const cause = Object.assign(new Error(code), { code });
  return new ConnectionError(connectionErrorMessage(cause), cause);
};

it.each([
  ['ENOTFOUND', 'the host name does not exist'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not trusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS'],
])('%s says what is wrong, and is not tried again', (code, message) => {
  expect(errorOf(code).message).toContain(message);
  expect(errorOf(code).isPermanent).toBe(true);
});

it.each(['ECONNREFUSED', 'EAI_AGAIN', 'ECONNRESET', 'ETIMEDOUT'])('%s may pass, and is tried again', (code) => {
  expect(errorOf(code).isPermanent).toBe(false);
});
