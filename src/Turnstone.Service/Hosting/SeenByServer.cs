using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>What a server sees of a request that has come through the proxies.</summary>
internal sealed record SeenRequest(string Scheme, string Host, string Address, bool Forwarded);

/// <summary>
/// Answers <c>turnstone-server check</c> what of its request has arrived here, which tells how the proxy forwards. Only
/// who has the master key can ask; everybody else finds no such path.
/// </summary>
internal sealed class SeenByServer(MasterKeyRing keys, RandomSource random, TimeProvider time)
{
    public const string Path = "/health/seen";
    public const string Header = "Turnstone-Check";

    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(5);

    private readonly IDataProtector protector = new MasterKeyProtection(keys, random).CreateProtector(
        "check from outside"
    );

    /// <summary>What the header has to hold.</summary>
    public string Ask() => Base64UrlText.Encode(protector.Protect(Encoding.UTF8.GetBytes($"{time.GetUtcNow():O}")));

    public Task AnswerAsync(HttpContext context)
    {
        if (!IsAsked(context.Request.Headers[Header].ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.Headers.CacheControl = "no-store";
        var request = context.Request;
        var seen = new SeenRequest(
            request.Scheme,
            request.Host.ToString(),
            $"{context.Connection.RemoteIpAddress ?? IPAddress.None}",
            request.Headers.ContainsKey("X-Original-For") || request.Headers.ContainsKey("X-Original-Proto")
        );
        return context.Response.WriteAsJsonAsync(seen, HostJson.Web.SeenRequest);
    }

    private bool IsAsked(string header)
    {
        try
        {
            return Base64UrlText.TryDecode(header, out var box)
                && DateTimeOffset.TryParse(
                    Encoding.UTF8.GetString(protector.Unprotect(box)),
                    System.Globalization.CultureInfo.InvariantCulture,
                    out var at
                )
                && (time.GetUtcNow() - at).Duration() < Valid;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
