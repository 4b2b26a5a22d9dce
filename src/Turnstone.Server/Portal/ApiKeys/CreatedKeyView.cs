using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>A key created by this request, with its text, and the end of the key that it replaces.</summary>
public sealed record CreatedKeyView(MintedApiKey Minted, string? LoginLine, DateTimeOffset? OldWorksUntil = null)
{
    private const string Variable = "API_KEY";

    public static string? LoginLineOf(TurnstoneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings
            .Contracts.List.Sample(samples => samples.ApiKeyLogin)
            ?.Invoke(settings.Issuer, Variable)
            .ToString();
    }

    public override string ToString() => Minted.ToString();
}
