using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Contracts.OAuthV1;

/// <summary>A user who takes back what he allowed a company is rid of everything that it holds for him.</summary>
public sealed class WithdrawnConsentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_company_opened_for_its_user_ends_with_the_consent_and_nothing_more_is_opened()
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        await server.OAuthV1Async(email: Known.OtherEmail);
        Assert.Equal(HttpStatusCode.OK, await CreateAsync(server, company));
        Assert.Equal(
            [GrantKind.Code, GrantKind.OnBehalf],
            (await HeldAsync(server)).Select(session => session.Grant).Order()
        );

        Assert.Equal(2, (await WithdrawAsync(server.Services)).EndedCount.Number);

        Assert.Empty(await HeldAsync(server));
        Assert.Equal(HttpStatusCode.BadRequest, await CreateAsync(server, company));
    }

    [Fact]
    public async Task A_company_that_was_let_in_when_it_asked_opens_nothing_once_the_user_has_withdrawn()
    {
        Interrupted? sessions = null;
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            services: services =>
                services.Replace(
                    ServiceDescriptor.Singleton<ISessionStore>(all =>
                        sessions = new Interrupted(all.GetRequiredService<Store>().Sessions)
                    )
                )
        );
        var (company, _) = await server.OAuthV1Async("company");
        await server.OAuthV1Async(email: Known.OtherEmail);
        sessions!.AfterListing = () => WithdrawAsync(server.Services);

        Assert.Equal(HttpStatusCode.BadRequest, await CreateAsync(server, company));
        Assert.Empty(await HeldAsync(server));
    }

    private static async Task<HttpStatusCode> CreateAsync(TurnstoneServer server, string company)
    {
        using var answer = await server.Http.SendJsonAsync(
            "/v1/oauth/token/create/user",
            new { user_input = Known.OtherEmail },
            ("Authorization", $"Bearer {company}")
        );
        return answer.StatusCode;
    }

    private static async Task<Receipt> WithdrawAsync(IServiceProvider services)
    {
        var account = (await Known.AccountAsync(services, Known.OtherEmail))!.Id;
        var entry = new AuditEntry
        {
            Event = AuditEvent.ConsentWithdrawn,
            At = TurnstoneServer.Start,
            Caller = Caller.Operator,
            AccountId = account,
            ClientId = Known.ClientId,
        };
        return await services.GetRequiredService<IConsentStore>().WithdrawAsync(account, Known.ClientId, entry, Cancel);
    }

    private static async Task<IReadOnlyList<Session>> HeldAsync(TurnstoneServer server) =>
        await server
            .Services.GetRequiredService<Store>()
            .Sessions.ListAsync(
                SessionHolder.Account((await Known.AccountAsync(server.Services, Known.OtherEmail))!.Id),
                10,
                Cancel
            );

    /// <summary>The real store, with something that happens right after a list has been read.</summary>
    private sealed class Interrupted(ISessionStore store) : SessionStoreAround(store)
    {
        public Func<Task> AfterListing { get; set; } = () => Task.CompletedTask;

        public override async Task<IReadOnlyList<Session>> ListAsync(
            SessionHolder holder,
            int limit,
            CancellationToken cancellationToken,
            SessionPlace? after = null
        )
        {
            var read = await base.ListAsync(holder, limit, cancellationToken, after);
            await AfterListing();
            return read;
        }
    }
}
