using System.Net;
using System.Net.Http.Headers;

namespace Turnstone.Client;

/// <summary>
/// Sends every request with a good access token of a session. A request that is answered 401 is sent once more with a
/// fresh token, if its body can be repeated.
/// </summary>
public sealed class TokenHandler : DelegatingHandler
{
    /// <summary>Set it on a request whose body must not be sent twice.</summary>
    public static readonly HttpRequestOptionsKey<bool> Unrepeatable = new("Turnstone.Client.Unrepeatable");

    private const string StepUp = "insufficient_user_authentication";

    private readonly TurnstoneSession session;
    private readonly Nonces nonces = new();

    /// <param name="session">Whose tokens are sent. It is not disposed with the handler.</param>
    public TokenHandler(TurnstoneSession session) => this.session = session;

    /// <param name="session">Whose tokens are sent. It is not disposed with the handler.</param>
    /// <param name="inner">Sends the requests.</param>
    public TokenHandler(TurnstoneSession session, HttpMessageHandler inner)
        : base(inner) => this.session = session;

    /// <summary>Up to how many bytes a body is kept so that it can be sent again.</summary>
    public int LongestRepeatedBody { get; init; } = 1024 * 1024;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var repeatable = await IsRepeatableAsync(request, cancellationToken).ConfigureAwait(false);
        var token = await session.GetAccessTokenAsync(null, cancellationToken).ConfigureAwait(false);
        var (answer, newNonce) = await SendAsync(request, token, cancellationToken).ConfigureAwait(false);
        if (newNonce && repeatable && answer.StatusCode is HttpStatusCode.Unauthorized && Nonces.AsksForOne(answer))
        {
            answer.Dispose();
            (answer, _) = await SendAsync(request, token, cancellationToken).ConfigureAwait(false);
        }

        if (answer.StatusCode is not HttpStatusCode.Unauthorized)
        {
            return answer;
        }

        if (Challenge(answer) is { } challenge)
        {
            session.Tell(new(SessionEventKind.StepUpRequired, session.Name, StepUp, challenge));
            return answer;
        }

        if (!repeatable)
        {
            return answer;
        }

        AccessToken fresh;
        try
        {
            fresh = await session.GetAccessTokenAsync(token, cancellationToken).ConfigureAwait(false);
        }
        catch (ServerUnavailableException)
        {
            return answer;
        }

        answer.Dispose();
        return (await SendAsync(request, fresh, cancellationToken).ConfigureAwait(false)).Answer;
    }

    /// <summary>The answer, and whether it brought a nonce for the next proof.</summary>
    private async Task<(HttpResponseMessage Answer, bool NewNonce)> SendAsync(
        HttpRequestMessage request,
        AccessToken token,
        CancellationToken cancellationToken
    )
    {
        var address = request.RequestUri!;
        request.Headers.Authorization = new AuthenticationHeaderValue(token.Scheme, token.Value);
        request.Headers.Remove(AccessToken.DpopScheme);
        var nonce = nonces.Of(address);
        if (token.Proof(request.Method, address, nonce) is { } proof)
        {
            request.Headers.TryAddWithoutValidation(AccessToken.DpopScheme, proof);
        }

        var answer = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return (answer, nonces.Hear(address, answer, nonce));
    }

    private async Task<bool> IsRepeatableAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not { } body)
        {
            return true;
        }

        if (
            (request.Options.TryGetValue(Unrepeatable, out var unrepeatable) && unrepeatable)
            || body.Headers.ContentLength is not { } length
            || length > LongestRepeatedBody
        )
        {
            return false;
        }

        await body.LoadIntoBufferAsync(LongestRepeatedBody, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static string? Challenge(HttpResponseMessage answer) =>
        answer
            .Headers.WwwAuthenticate.Select(challenge => challenge.ToString())
            .FirstOrDefault(challenge => challenge.Contains(StepUp, StringComparison.Ordinal));
}
