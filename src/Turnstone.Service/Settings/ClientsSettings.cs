using System.Text.RegularExpressions;
using Turnstone.Directory.Metadata;

namespace Turnstone.Server.Settings;

/// <summary>Which clients may come that nobody here has made.</summary>
public sealed partial record ClientsSettings : ISettings
{
    private const int ShortestToken = 32;
    private const int LongestToken = 256;

    [Setting(
        "Whose metadata documents are taken, which make their address a client id: Nobody, Listed (the hosts of "
            + "`MetadataHosts`), Everyone. Those who were let in before stay until they are ended."
    )]
    public MetadataFrom MetadataDocuments { get; init; } = MetadataFrom.Everyone;

    [Setting(
        "The hosts whose metadata documents are taken, `app.example.com`, or every one below a host, `*.example.com`.",
        Default = "none"
    )]
    public IReadOnlyList<string> MetadataHosts { get; init; } = [];

    [Setting(
        "Who may register clients over HTTP (RFC 7591): Closed (nobody), WithToken (whoever sends one of "
            + "`RegistrationTokens`), Open (everybody, within `Turnstone:Limits:RegistrationsPerNetwork`)."
    )]
    public RegistrationMode Registration { get; init; }

    [Setting(
        "The initial access tokens for `Registration=WithToken`, of 32 to 256 characters each "
            + "(`openssl rand -base64 32`).",
        Default = "none",
        Secret = true
    )]
    public IReadOnlyList<string> RegistrationTokens { get; init; } = [];

    public RegistrationPolicy ToRegistration() => new(Registration, RegistrationTokens);

    public MetadataPolicy ToPolicy(string issuer, bool production) =>
        new(MetadataDocuments, MetadataHosts, new Uri(issuer).Authority, Unencrypted: !production);

    internal IEnumerable<string> Problems()
    {
        const string Name = "Turnstone:Clients:MetadataHosts";
        if (MetadataDocuments is MetadataFrom.Listed != MetadataHosts.Count > 0)
        {
            yield return $"{Name} is what Turnstone:Clients:MetadataDocuments=Listed takes: give both, or neither.";
        }

        if (Registration is RegistrationMode.WithToken != RegistrationTokens.Count > 0)
        {
            yield return "Turnstone:Clients:RegistrationTokens is what Turnstone:Clients:Registration=WithToken takes: "
                + "give both, or neither.";
        }

        if (RegistrationTokens.Any(token => token.Length is < ShortestToken or > LongestToken))
        {
            yield return "Turnstone:Clients:RegistrationTokens has a token that is not of "
                + $"{ShortestToken} to {LongestToken} characters: create one with openssl rand -base64 32.";
        }

        foreach (var host in MetadataHosts.Where(host => !Host.IsMatch(host)))
        {
            yield return $"{Name} has \"{host}\": give a host, app.example.com, or *.example.com.";
        }
    }

    [GeneratedRegex(@"^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")]
    private static partial Regex Host { get; }
}
