// The provider's configuration: what a deployment that only hands out tokens to its API would have, and nothing that
// costs more.
import Provider from 'oidc-provider';

export const clientId = 'bench';
export const clientSecret = 'bench-secret-of-forty-characters-or-more';
export const resource = 'https://api.example.test';
export const scope = 'individuals.read';

// Access tokens for a resource are JWTs that are signed and not stored, as Turnstone's are. It refuses to introspect
// such a token, so introspection is asked for opaque ones: a look into its store instead of a signature.
const resourceServer = {
  scope,
  audience: resource,
  accessTokenTTL: 43_200,
  accessTokenFormat: 'jwt',
  jwt: { sign: { alg: 'ES256' } },
};

export function createProvider(issuer, adapter, keys) {
  const provider = new Provider(issuer, {
    adapter,
    jwks: { keys },
    cookies: { keys: ['bench'] },
    // Clients in the configuration live in memory: no query for them.
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        redirect_uris: ['https://client.example.test/callback'],
        id_token_signed_response_alg: 'ES256',
        scope: `openid offline_access ${scope}`,
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: ['openid', 'offline_access', scope],
    findAccount: (ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    // Its default rotates the tokens of a confidential client late in their life only; Turnstone always does.
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 43_200,
      ClientCredentials: 43_200,
      RefreshToken: 14 * 24 * 3600,
      Grant: 14 * 24 * 3600,
      Session: 14 * 24 * 3600,
      Interaction: 3600,
      IdToken: 3600,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => resourceServer,
      },
    },
  });
  provider.on('server_error', (ctx, error) => console.error(error));
  return provider;
}

/**
 * A login's outcome without its pages: a grant with a refresh token for the resource, and an opaque access token to
 * introspect.
 */
export async function seed(provider, number) {
  const client = await provider.Client.find(clientId);
  const accountId = `account-${number}`;
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(resource, scope);
  grant.addOIDCScope('openid offline_access');
  const grantId = await grant.save();
  const common = { accountId, client, grantId, gty: 'authorization_code', expiresWithSession: false };
  const refresh = await new provider.RefreshToken({
    ...common,
    scope,
    resource,
    authTime: Math.floor(Date.now() / 1000),
    rotations: 0,
  }).save();
  const access = await new provider.AccessToken({ ...common, scope: 'openid' }).save();
  return { refresh, access };
}
