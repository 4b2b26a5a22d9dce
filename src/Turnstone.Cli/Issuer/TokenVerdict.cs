namespace Turnstone.Cli.Issuer;

/// <summary>Whether a token is genuine and in its time; what was revoked only the server knows.</summary>
/// <param name="Genuine">Whether one of the issuer's keys has signed it.</param>
/// <param name="Good">Whether it is genuine, of this issuer and in its time.</param>
/// <param name="Sentence">Which, and why not.</param>
internal sealed record TokenVerdict(bool Genuine, bool Good, string Sentence)
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    public static async Task<TokenVerdict> OfAsync(
        Jwt token,
        IssuerDocuments server,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var metadata = await server.TryMetadataAsync(cancellationToken);
        var keys = await server.KeysAsync(metadata, cancellationToken);
        return Of(token, metadata?.Issuer, keys, now);
    }

    public static TokenVerdict Of(Jwt token, string? issuer, IReadOnlyList<IssuerKey> keys, DateTimeOffset now)
    {
        if (keys.Count == 0)
        {
            return new(false, false, "Whether it is genuine cannot be said: the server publishes no keys.");
        }

        if (token.KeyId is { } id && keys.All(key => key.Id != id))
        {
            return new(false, false, "Not genuine here: the server publishes no key of the id that the token names.");
        }

        if (!keys.Any(key => (token.KeyId is null || key.Id == token.KeyId) && key.Verifies(token)))
        {
            return new(
                false,
                false,
                "Not genuine: its signature is not one of the server's. It was changed or made up."
            );
        }

        const string Genuine = "Genuine: the server's key has signed it";
        return issuer is not null && token.Issuer != issuer
                ? new(true, false, $"{Genuine}, but it names another issuer than {issuer}.")
            : token.ExpiresAt is not { } end ? new(true, false, $"{Genuine}, but it does not say when it ends.")
            : now >= end ? new(true, false, $"{Genuine}, but it has expired.")
            : Answers.Time(token.Claims, "nbf") is { } begin && now + Skew < begin
                ? new(true, false, $"{Genuine}, but its time has not begun.")
            : new(true, true, $"{Genuine}, and it is in its time.");
    }
}
