namespace Turnstone.Model;

/// <summary>The two algorithms access tokens are signed with; their names are the JWS names (RFC 7518 §3.1).</summary>
public enum SigningAlgorithm
{
    ES256,
    RS256,
}
