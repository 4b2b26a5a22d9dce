using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>An authorization request of a known client, and what is done with it.</summary>
internal static class AuthorizeUrl
{
    public const string Verifier = "dBjftJeZ4CVP-mBkM2xTk3JzP0kq1Zy9uQeR7sWvXyA";

    public static string Challenge { get; } = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>The shop's request, with these parameters changed, added, or (null) left out.</summary>
    public static string Of(string path, params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = Known.ClientId,
            ["redirect_uri"] = Known.RedirectUri,
            ["response_type"] = "code",
            ["state"] = "s",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            parameters[name] = value;
        }

        var given = parameters.Where(pair => pair.Value is not null);
        return $"{path}?{string.Join('&', given.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}"))}";
    }

    public static string OAuth2(params (string Name, string? Value)[] changes) => Of("/oauth2/authorize", changes);

    public static string OAuthV1(params (string Name, string? Value)[] changes) => Of("/v1/oauth/authorize", changes);

    /// <summary>Opens the page and presses a button of it.</summary>
    public static Task<HttpResponseMessage> DecideAsync(this Visitor visitor, string url, string decision = "allow") =>
        visitor.SendAsync(url, form: null, ("decision", decision));

    /// <summary>What was sent to the client's address.</summary>
    public static Dictionary<string, string> Answer(
        this HttpResponseMessage response,
        string address = Known.RedirectUri
    )
    {
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var location = response.Headers.GetValues("Location").Single();
        Assert.StartsWith(address + "?", location, StringComparison.Ordinal);
        var query = HttpUtility.ParseQueryString(location[(address.Length + 1)..]);
        return query.AllKeys.ToDictionary(key => key!, key => query[key]!);
    }

    /// <summary>A code by way of the page.</summary>
    public static async Task<string> CodeAsync(this Visitor visitor, string url)
    {
        using var answer = await visitor.DecideAsync(url);
        return answer.Answer()["code"];
    }
}
