using Microsoft.Extensions.Localization;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Shell;

/// <summary>The texts of the scopes, in ScopeWords.resx and its translations.</summary>
public sealed class ScopeWords;

/// <summary>What a scope allows, in words: the operator's, or the portal's own, or none.</summary>
public sealed class ScopeMeanings(TurnstoneSettings settings, IStringLocalizer<ScopeWords> words)
{
    public string? Of(string scope)
    {
        if (settings.KnownScopes.FirstOrDefault(known => known.Name == scope)?.Meaning is { } given)
        {
            return given;
        }

        var own = words[scope];
        return own.ResourceNotFound ? null : own.Value;
    }
}
