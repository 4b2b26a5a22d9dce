// What glewlwyd reads at start (libconfig's syntax), and what is then told to its administration API.
import { generateKeyPairSync } from 'node:crypto';

const text = (value) => JSON.stringify(value);

/** The configuration file. Its log is off, and nothing but its API is served. */
export function configurationFile({ port, database }) {
  const settings = {
    port,
    bind_address: '127.0.0.1',
    external_url: `http://127.0.0.1:${port}`,
    login_url: 'login.html',
    api_prefix: 'api',
    log_mode: 'console',
    log_level: process.env.GLEWLWYD_LOG_LEVEL ?? 'NONE',
    cookie_domain: '127.0.0.1',
    cookie_secure: false,
    session_expiration: 86_400,
    session_key: 'GLEWLWYD2_SESSION_ID',
    admin_scope: 'g_admin',
    profile_scope: 'g_profile',
    user_module_path: '/usr/lib/glewlwyd/user',
    user_middleware_module_path: '/usr/lib/glewlwyd/user_middleware',
    client_module_path: '/usr/lib/glewlwyd/client',
    user_auth_scheme_module_path: '/usr/lib/glewlwyd/scheme',
    plugin_module_path: '/usr/lib/glewlwyd/plugin',
    use_secure_connection: false,
    secure_connection_key_file: '',
    secure_connection_pem_file: '',
    hash_algorithm: 'SHA512',
  };
  const group = Object.entries(database)
    .map(([name, value]) => `  ${name} = ${text(value)}`)
    .join('\n');
  return `${Object.entries(settings)
    .map(([name, value]) => `${name} = ${text(value)}`)
    .join('\n')}\ndatabase =\n{\n${group}\n}\n`;
}

export const scope = 'individuals.read';
export const user = { username: 'ada', password: 'correct horse battery staple', scope: [scope], enabled: true };

// A client secret is compared as it is, where a client password would be hashed at every request.
export const client = {
  client_id: 'bench',
  client_secret: 'bench-secret-of-forty-characters-or-more',
  confidential: true,
  enabled: true,
  scope: [scope],
  redirect_uri: ['https://client.example.test/callback'],
  authorization_type: ['password', 'refresh_token', 'client_credentials'],
  token_endpoint_auth_method: ['client_secret_post', 'client_secret_basic'],
};

/** The OpenID Connect plugin: access tokens are JWTs signed by ES256, and a refresh token is good for one use. */
export function plugin(port) {
  const key = {
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    kid: 'bench',
    alg: 'ES256',
  };
  return {
    module: 'oidc',
    name: 'oidc',
    display_name: 'bench',
    parameters: {
      iss: `http://127.0.0.1:${port}/api/oidc`,
      'jwks-private': text({ keys: [key] }),
      'default-kid': 'bench',
      'jwks-show': true,
      'subject-type': 'public',
      'access-token-duration': 43_200,
      'refresh-token-duration': 14 * 24 * 3600,
      'code-duration': 600,
      'refresh-token-rolling': false,
      'refresh-token-one-use': 'always',
      'allow-non-oidc': true,
      'auth-type-code-enabled': false,
      'auth-type-token-enabled': false,
      'auth-type-id-token-enabled': true,
      'auth-type-password-enabled': true,
      'auth-type-client-enabled': true,
      'auth-type-refresh-enabled': true,
      'introspection-revocation-allowed': true,
      'introspection-revocation-allow-target-client': true,
    },
  };
}
