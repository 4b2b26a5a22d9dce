namespace Turnstone.Directory.ClientProofs;

/// <summary>What a request shows of its client, as it was sent.</summary>
public readonly record struct PresentedClient(string? Id, string? Secret)
{
    /// <summary>Whether id and secret came by HTTP Basic and not in the body.</summary>
    public bool ByHeader { get; init; }

    /// <summary>The assertion (RFC 7523 §2.2) and the names under which it may address this endpoint.</summary>
    public PresentedAssertion? Assertion { get; init; }

    /// <summary>
    /// Whether something begins here, so that the client may be one that is not known yet, or has changed: a metadata
    /// document is looked at. Everywhere else what is stored of it will do.
    /// </summary>
    public bool Begins { get; init; }

    /// <summary>An assertion of an issuer that the client trusts; null where it proves itself.</summary>
    public ForeignProof? Foreign { get; init; }

    /// <summary>The way that was tried.</summary>
    public ClientMethod Method =>
        Assertion is not null ? ClientMethod.PrivateKeyJwt
        : string.IsNullOrEmpty(Secret) ? ClientMethod.None
        : ByHeader ? ClientMethod.ClientSecretBasic
        : ClientMethod.ClientSecretPost;

    public override string ToString() => $"client {Id}";
}

/// <summary>An assertion as it was sent.</summary>
/// <param name="Text">The JWT.</param>
/// <param name="Issuer">The name of this server.</param>
/// <param name="Endpoints">The addresses that it may name instead.</param>
public sealed record PresentedAssertion(string Text, string Issuer, IReadOnlyList<string> Endpoints)
{
    /// <summary>Whom it may address: for a client of fapi2 the server alone (FAPI 2.0 §5.3.2.1).</summary>
    public IReadOnlyList<string> AudiencesFor(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.IsFapi2 ? [Issuer] : [Issuer, .. Endpoints];
    }

    public override string ToString() => "an assertion";
}
