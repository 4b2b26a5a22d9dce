using System.Text;
using System.Text.Json;

namespace Turnstone.Client;

/// <summary>Sends a contract's calls and says what came of them.</summary>
internal sealed class TokenServer(
    HttpClient http,
    Uri server,
    Contract contract,
    IReadOnlyDictionary<string, string> credentials,
    TimeSpan timeout,
    ServerClock clock
)
{
    private const int LongestAnswer = 256 * 1024;

    private readonly Nonces nonces = new();

    /// <summary>The sign-in for which there are credentials; null for none.</summary>
    public Call? SignIn => contract.SignIns.FirstOrDefault(call => call.Needs.All(credentials.ContainsKey));

    public Task<Outcome> RefreshAsync(string token, string key, ProofKey? proof) =>
        AskAsync(
            contract.Refresh,
            new Dictionary<string, string>(credentials) { ["refresh_token"] = token },
            key,
            proof
        );

    public Task<Outcome> SignInAsync(Call call, string key, ProofKey? proof) => AskAsync(call, credentials, key, proof);

    private async Task<Outcome> AskAsync(
        Call call,
        IReadOnlyDictionary<string, string> given,
        string key,
        ProofKey? proof
    )
    {
        var values = new Dictionary<string, string>(contract.Defaults);
        foreach (var (name, value) in given)
        {
            values[name] = value;
        }

        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            var (outcome, newNonce) = await SendAsync(call, values, key, proof, deadline.Token).ConfigureAwait(false);
            return newNonce && Contract.IsCode("nonceNeeded", outcome.Code)
                ? (await SendAsync(call, values, key, proof, deadline.Token).ConfigureAwait(false)).Outcome
                : outcome;
        }
        catch (Exception reason)
            when (reason is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            return new(OutcomeKind.Unclear);
        }
    }

    private async Task<(Outcome Outcome, bool NewNonce)> SendAsync(
        Call call,
        Dictionary<string, string> values,
        string key,
        ProofKey? proof,
        CancellationToken cancellationToken
    )
    {
        using var request = Request(call, values, key);
        var address = request.RequestUri!;
        var nonce = nonces.Of(address);
        if (proof is not null)
        {
            var text = proof.Proof(request.Method, address, clock.Now, nonce, token: null);
            request.Headers.TryAddWithoutValidation(AccessToken.DpopScheme, text);
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
        var body = await BodyAsync(answer, cancellationToken).ConfigureAwait(false);
        clock.Hear(answer.Headers.Date);
        var newNonce = nonces.Hear(address, answer, nonce);
        return (Read(answer, body), newNonce);
    }

    private HttpRequestMessage Request(Call call, Dictionary<string, string> values, string key)
    {
        var request = new HttpRequestMessage(
            call.Method,
            new Uri(server.AbsoluteUri.TrimEnd('/') + call.PathWith(values))
        );
        request.Headers.Add("Accept", "application/json");
        request.Headers.Add("Idempotency-Key", key);
        foreach (var (name, value) in Call.Fill(contract.Headers, values))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (call.Members.Count > 0)
        {
            var members = Call.Fill(call.Members, values);
            request.Content = contract.Form ? new FormUrlEncodedContent(members) : Json(members);
        }

        return request;
    }

    private static StringContent Json(IEnumerable<KeyValuePair<string, string>> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (name, value) in members)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return new StringContent(Encoding.UTF8.GetString(bytes.ToArray()), Encoding.UTF8, "application/json");
    }

    private static async Task<byte[]> BodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await answer.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken).ConfigureAwait(false);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    private Outcome Read(HttpResponseMessage answer, byte[] body)
    {
        var status = (int)answer.StatusCode;
        if (status is 200 or 201)
        {
            using var granted = JsonDocument.Parse(body);
            var tokens = Answer.Tokens(granted.RootElement, contract, clock.Now);
            return tokens is null ? new(OutcomeKind.Unclear) : new(OutcomeKind.Granted, tokens);
        }

        var wait = Wait(answer);
        if (status is 408 or 425 or 429 or >= 500)
        {
            return new(OutcomeKind.Unclear, RetryAfter: wait);
        }

        // What is not JSON was said by something on the way, and is no word about the session.
        var (json, code, reason) = Refusal(body);
        code = answer.Headers.TryGetValues("Error-Code", out var codes) ? codes.First() : code;
        return new(KindOf(json ? status : 0, code), Code: code, Reason: reason, RetryAfter: wait);
    }

    private OutcomeKind KindOf(int status, string? code) =>
        Contract.IsCode("tooEarly", code) ? OutcomeKind.TooEarly
        : Contract.IsCode("keyReused", code) ? OutcomeKind.KeyReused
        : Contract.IsCode("proofNeeded", code) ? OutcomeKind.NeedsProof
        : Contract.IsCode("ended", code) || contract.EndedStatuses.Contains(status) ? OutcomeKind.Ended
        : OutcomeKind.Refused;

    private static (bool Json, string? Code, string? Reason) Refusal(byte[] body)
    {
        try
        {
            using var refusal = JsonDocument.Parse(body);
            var (code, reason) = Answer.Refusal(refusal.RootElement);
            return (true, code, reason);
        }
        catch (JsonException)
        {
            return (false, null, null);
        }
    }

    private TimeSpan? Wait(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => TimeSpan.FromSeconds(Math.Max(0, date.ToUnixTimeSeconds() - clock.Now)),
            _ => null,
        };
}
