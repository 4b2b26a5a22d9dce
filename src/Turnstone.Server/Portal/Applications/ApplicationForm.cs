using System.Globalization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Applications;

/// <summary>An application as typed into the form.</summary>
public sealed class ApplicationForm
{
    public string? Name { get; set; }

    /// <summary>One a line.</summary>
    public string? RedirectUris { get; set; }

    /// <summary>One a line.</summary>
    public string? PostLogoutRedirectUris { get; set; }

    /// <summary>One a line.</summary>
    public string? Origins { get; set; }

    public string? BackchannelLogoutUri { get; set; }

    public bool PredatesPkce { get; set; }

    public string?[]? GrantTypes { get; set; }

    public string?[]? Scopes { get; set; }

    /// <summary>Identifiers of APIs.</summary>
    public string?[]? Resources { get; set; }

    public string?[]? TokenTypes { get; set; }

    public Lifetime Access { get; set; } = new();

    public Lifetime Refresh { get; set; } = new();

    public Lifetime Absolute { get; set; } = new();

    /// <summary>In seconds.</summary>
    public string? Retry { get; set; }

    public string? Early { get; set; }

    public string? Algorithm { get; set; }

    /// <summary>The name of a <see cref="ClientBinding"/>.</summary>
    public string? Binding { get; set; }

    /// <summary>Whether anything is not the contract's.</summary>
    public bool HasPolicies =>
        new[] { Origins, Access.Number, Refresh.Number, Absolute.Number, Retry, Early, Algorithm }.Any(text =>
            !string.IsNullOrEmpty(text)
        )
        || PredatesPkce
        || Binding is not (null or nameof(ClientBinding.Bearer));

    public static ApplicationForm Of(Client client) =>
        new()
        {
            Name = client.Name,
            RedirectUris = string.Join('\n', client.RedirectUris),
            PostLogoutRedirectUris = string.Join('\n', client.PostLogoutRedirectUris),
            Origins = string.Join('\n', client.Origins),
            BackchannelLogoutUri = client.BackchannelLogoutUri,
            PredatesPkce = client.PredatesPkce,
            GrantTypes = [.. client.GrantTypes],
            Scopes = [.. client.Scopes.Names],
            Resources = [.. client.Resources.Identifiers],
            TokenTypes = [.. client.TokenTypes],
            Access = Lifetime.Of(client.AccessLifetime),
            Refresh = Lifetime.Of(client.RefreshLifetime),
            Absolute = Lifetime.Of(client.AbsoluteLifetime),
            Retry = client.RetryWindow?.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            Early = client.Early?.ToString(),
            Algorithm = client.Algorithm?.ToString(),
            Binding = client.Binding.ToString(),
        };

    /// <summary>
    /// The draft; null if a field cannot be read, which <paramref name="refuse"/> is told by the field's name.
    /// </summary>
    public ApplicationDraft? Read(Action<string> refuse)
    {
        ArgumentNullException.ThrowIfNull(refuse);
        var sound = true;
        var draft = new ApplicationDraft
        {
            Name = Name ?? "",
            RedirectUris = Lines(RedirectUris),
            PostLogoutRedirectUris = Lines(PostLogoutRedirectUris),
            Origins = Lines(Origins),
            BackchannelLogoutUri = BackchannelLogoutUri?.Trim(),
            PredatesPkce = PredatesPkce,
            GrantTypes = Chosen(GrantTypes),
            Scopes = Chosen(Scopes),
            Resources = Chosen(Resources),
            TokenTypes = Chosen(TokenTypes),
            AccessLifetime = Take(nameof(Access), Access.TryRead(out var access), access),
            RefreshLifetime = Take(nameof(Refresh), Refresh.TryRead(out var refresh), refresh),
            AbsoluteLifetime = Take(nameof(Absolute), Absolute.TryRead(out var absolute), absolute),
            RetryWindow = Take(nameof(Retry), new Lifetime { Number = Retry }.TryRead(out var retry), retry),
            Early = Take(nameof(Early), TryWord<EarlyRefresh>(Early, out var early), early),
            Algorithm = Take(nameof(Algorithm), TryWord<SigningAlgorithm>(Algorithm, out var algorithm), algorithm),
            Binding = Take(nameof(Binding), TryWord<ClientBinding>(Binding, out var binding), binding),
        };
        return sound ? draft : null;

        T? Take<T>(string field, bool read, T? value)
            where T : struct
        {
            if (!read)
            {
                refuse(field);
                sound = false;
            }

            return value;
        }
    }

    public static bool Holds(string?[]? chosen, string value) => chosen?.Contains(value) is true;

    private static string[] Lines(string? text) =>
        (text ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static List<string> Chosen(string?[]? values) => [.. (values ?? []).OfType<string>()];

    // By name only: the parser would accept a number too.
    private static bool TryWord<T>(string? text, out T? word)
        where T : struct, Enum
    {
        word = Array.Exists(Enum.GetNames<T>(), name => name == text) ? Enum.Parse<T>(text!) : null;
        return word is not null || string.IsNullOrEmpty(text);
    }
}
