using System.Globalization;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Shell;

/// <summary>The texts of the scopes, in ScopeWords.resx and its translations.</summary>
public sealed class ScopeWords;

/// <summary>What a scope allows, in words: its API's, the operator's, or the portal's own, or none.</summary>
public sealed class ScopeMeanings(TurnstoneSettings settings, Apis apis, IStringLocalizer<ScopeWords> words)
{
    public string? Of(string scope)
    {
        if (
            apis.OwnerOf(scope)
                .Scopes.FirstOrDefault(one => one.Name == scope)
                ?.Meanings.GetValueOrDefault(CultureInfo.CurrentUICulture.Name) is
            { } meaning
        )
        {
            return meaning;
        }

        if (settings.KnownScopes.FirstOrDefault(known => known.Name == scope)?.Meaning is { } given)
        {
            return given;
        }

        var own = words[scope];
        return own.ResourceNotFound ? null : own.Value;
    }
}
