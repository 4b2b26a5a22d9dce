using System.Net.Http.Json;

namespace Turnstone.Clients.Tests.Behaviours;

/// <summary>Somebody who has a copy of the stored session, and talks to the server past the proxy.</summary>
internal sealed class Thief(
    HttpClient http,
    string contract,
    IReadOnlyDictionary<string, string> credentials,
    StoredFiles files
)
{
    private string? copy;

    public void Copy() => copy = files.RefreshToken();

    public async Task RefreshAsync(bool granted, CancellationToken cancel)
    {
        Assert.Equal("/auth/v2", contract);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v2/refresh")
        {
            Content = JsonContent.Create(new { token = copy }),
        };
        request.Headers.Add("Subscription-Key", credentials["subscription_key"]);
        using var answer = await http.SendAsync(request, cancel);
        Assert.Equal(granted, answer.IsSuccessStatusCode);
    }

    /// <summary>What the owner does when he hears of it, at the server.</summary>
    public async Task RevokeAsync(CancellationToken cancel)
    {
        using var form = new FormUrlEncodedContent([
            new("token", files.RefreshToken()),
            new("client_id", credentials["client_id"]),
            new("client_secret", credentials["client_secret"]),
        ]);
        using var answer = await http.PostAsync(new Uri("/oauth2/revoke", UriKind.Relative), form, cancel);
        answer.EnsureSuccessStatusCode();
    }
}
