namespace Turnstone.Server.Operations.Setup;

/// <summary>
/// What an installation is to be, from flags or answers. A class, because a record would print the passwords.
/// </summary>
internal sealed class SetupAnswers
{
    public required string Issuer { get; init; }

    public ProxyKind Proxy { get; init; }

    /// <summary>Where the proxy's requests come from.</summary>
    public string ProxyAddress { get; init; } = "127.0.0.1";

    public string MailHost { get; init; } = "";

    public string MailUser { get; init; } = "";

    public string MailPassword { get; init; } = "";

    public string MailFrom { get; init; } = "";

    public string Host => new Uri(Issuer).Host;
}
