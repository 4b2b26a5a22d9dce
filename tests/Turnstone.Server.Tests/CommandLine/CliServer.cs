using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Portal;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>The server of the tests, at the time of the programs that ask it, and sign-ins there.</summary>
internal static class CliServer
{
    public static readonly string[] Contracts = ["/auth/v1", "/auth/v2", "/v1/oauth", "/v3", "/oauth2"];

    private const string Asked = "openid offline_access individuals.read";

    public static Task<TurnstoneServer> StartAsync(AnswerGate? gate = null, params string[] settings) =>
        PortalServer.StartAsync(
            settings,
            services =>
            {
                if (gate is not null)
                {
                    services.AddSingleton<IStartupFilter>(gate);
                }
            },
            start: TimeProvider.System.GetUtcNow()
        );

    public static string Url(this TurnstoneServer server) => server.BaseAddress.GetLeftPart(UriPartial.Authority);

    /// <summary>Signs in as the document of a contract has it, with the secrets on the standard input.</summary>
    public static async Task<CommandResult> LoginAsync(
        this TurnstoneServer server,
        CliHome home,
        string contract,
        params string[] more
    )
    {
        var (words, input) = contract switch
        {
            "/auth/v1" => (new[] { "--with", "code" }, await Known.CodeAsync(server.Services, "auth")),
            "/auth/v2" => (
                ["--with", "password", "--username", Known.Email],
                $"{Known.Password}\n{Known.SubscriptionKey}"
            ),
            "/v3" => (["--with", "key"], Known.ApiKey),
            _ => (
                [
                    "--with",
                    "code",
                    "--contract",
                    contract,
                    "--client-id",
                    Known.ClientId,
                    "--redirect-uri",
                    Known.RedirectUri,
                    "--confidential",
                ],
                $"{await CodeAsync(server, contract)}\n{Known.ClientSecret}"
            ),
        };
        return await home.RunWithAsync(input + "\n", ["login", server.Url(), .. words, .. more]);
    }

    /// <summary>The sessions of the known account.</summary>
    public static async Task<IReadOnlyList<Session>> SessionsAsync(this TurnstoneServer server)
    {
        var account = (await Known.AccountAsync(server.Services))!;
        return await server
            .Services.GetRequiredService<ISessionStore>()
            .ListAsync(SessionHolder.Account(account.Id), 100, TestContext.Current.CancellationToken);
    }

    public static Task EndAsync(
        this TurnstoneServer server,
        Session session,
        RevocationReason reason = RevocationReason.ByOperator
    ) =>
        server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAsync(session.Id, reason, Caller.Operator, TestContext.Current.CancellationToken);

    private static Task<string> CodeAsync(TurnstoneServer server, string contract) =>
        Known.CodeAsync(
            server.Services,
            contract is "/oauth2" ? "oauth2" : "oauth-v1",
            Known.ClientId,
            Known.RedirectUri,
            scopes: contract is "/oauth2" ? Asked : "individuals.read"
        );
}

/// <summary>Holds back the answer to one request until it is let out, before or after the server has done it.</summary>
internal sealed class AnswerGate(string path, bool after) : IStartupFilter
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int used;

    public Task Reached => reached.Task;

    public void Open() => opened.TrySetResult();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                async (HttpContext context, RequestDelegate rest) =>
                {
                    if (context.Request.Path != path || Interlocked.Increment(ref used) > 1)
                    {
                        await rest(context);
                        return;
                    }

                    if (after)
                    {
                        await rest(context);
                    }

                    reached.TrySetResult();
                    await opened.Task;
                    if (!after)
                    {
                        context.Abort();
                    }
                }
            );
            next(app);
        };
}
