using System.Text.Json.Serialization;
using Turnstone.Client;

namespace Turnstone.Cli.Profiles;

/// <summary>A server and how to sign in there. Nothing in it is secret.</summary>
internal sealed record Profile
{
    public required string Server { get; init; }

    /// <summary>The path of the contract.</summary>
    public required string Contract { get; init; }

    /// <summary>How the session was opened: a name of <see cref="LoginMethod"/>.</summary>
    public required string With { get; init; }

    /// <summary>The server's own name where it is reached at another address; null where that is its name.</summary>
    public string? Issuer { get; init; }

    public string? ClientId { get; init; }

    public string? Scope { get; init; }

    [JsonIgnore]
    public Uri Address => new(Server);

    /// <summary>Whether a file that anybody may have written gives one that can be used.</summary>
    [JsonIgnore]
    public bool IsSound =>
        Uri.TryCreate(Server, UriKind.Absolute, out var uri)
        && uri.Scheme is ("http" or "https")
        && ContractFacts.All.Any(one => one.Path == Contract)
        && LoginMethod.All.Any(one => one.Name == With);

    /// <summary>Whether this is the name by which the profile knows its server (RFC 8414 §3.3).</summary>
    public bool IsOf(string issuer) => issuer.TrimEnd('/') == (Issuer ?? Server).TrimEnd('/');

    [JsonIgnore]
    public ContractFacts Facts => ContractFacts.Of(Contract);

    public Contract ToContract() => Turnstone.Client.Contract.Named(Contract);
}

/// <summary>The name of a profile, which is the name of its session.</summary>
internal static class ProfileName
{
    public static string Checked(string name) =>
        IsSound(name)
            ? name
            : throw CliException.Usage(
                "The name of a profile has at most 64 letters, digits, '-', '_' and '.', and does not begin with '.'."
            );

    public static bool IsSound(string name) =>
        name.Length is > 0 and <= 64 && name[0] != '.' && name.All(IsPlain);

    private static bool IsPlain(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' or '.';
}
