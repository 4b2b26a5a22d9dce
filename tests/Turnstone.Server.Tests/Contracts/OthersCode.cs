using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>A one-time code of another customer than the first one.</summary>
internal static class OthersCode
{
    public static async Task<string> MintAsync(
        IServiceProvider services,
        string family,
        string? client,
        string redirectUri,
        string email
    ) =>
        await services
            .GetRequiredService<OneTimeCodes>()
            .MintAsync(
                new CodeOrder
                {
                    Contract = family,
                    Account = (await Known.AccountAsync(services, email))!,
                    ClientId = client,
                    RedirectUri = redirectUri,
                    Scopes = Scopes.Of(["individuals.read"]),
                },
                TimeSpan.FromSeconds(60),
                new Caller("127.0.0.1"),
                TestContext.Current.CancellationToken
            );
}
