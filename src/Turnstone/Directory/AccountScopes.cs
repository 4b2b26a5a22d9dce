using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>
/// The scopes of a login that proves an account and nothing more: no subscription, no API key, no client said what it
/// is for.
/// </summary>
public sealed record AccountScopes(Scopes Scopes);
