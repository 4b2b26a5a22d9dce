using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;

namespace Turnstone.Tests.Directory;

/// <summary>What the word <c>fapi2</c> says of a client, whatever else it is registered for.</summary>
public sealed class Fapi2ProfileTests
{
    private const string Device = ApplicationRules.DeviceCode;

    private static readonly Client Bank = new()
    {
        Id = "bank",
        Name = "Bank",
        GrantTypes = ["authorization_code", Device],
        Profile = ClientProfile.Fapi2,
        CreatedAt = default,
    };

    [Fact]
    public void The_word_alone_is_enough()
    {
        Assert.True(Bank is { MustPush: true, MustChallenge: true, DpopBound: true, KeepsRefreshTokens: true });
        Assert.Equal(SigningAlgorithm.ES256, Bank.Algorithm);
        Assert.Equal([true, false], new[] { "authorization_code", Device }.Select(Bank.MayUse));
        Assert.Equal(
            [ClientMethod.PrivateKeyJwt],
            Enum.GetValues<ClientMethod>().Where((Bank with { Method = ClientMethod.ClientSecretPost }).Takes)
        );
    }

    [Fact]
    public void Its_owner_keeps_it_as_a_whole()
    {
        var draft = new ApplicationDraft
        {
            Name = "Bank",
            RedirectUris = ["https://bank.example.test/callback"],
            GrantTypes = ["authorization_code", Device],
            Algorithm = SigningAlgorithm.RS256,
        };
        var rules = new ApplicationRules(Scopes.None);

        Assert.Equal(
            [ApplicationPart.GrantTypes, ApplicationPart.Algorithm],
            rules.ProblemsOf(draft, Bank).Select(problem => problem.Part)
        );
        Assert.Empty(rules.ProblemsOf(draft, Bank with { Profile = null }));
    }

    [Fact]
    public void Whoever_chooses_it_has_to_sign()
    {
        var rules = new ApplicationRules(Scopes.None);
        var plain = Bank with { Profile = null, GrantTypes = ["authorization_code"] };
        var draft = new ApplicationDraft
        {
            Name = "Bank",
            RedirectUris = ["https://bank.example.test/callback"],
            GrantTypes = ["authorization_code"],
            Binding = ClientBinding.Fapi2,
        };

        Assert.Equal(ApplicationFlaw.NeedsKeys, Assert.Single(rules.ProblemsOf(draft, plain)).Flaw);
        Assert.Empty(rules.ProblemsOf(draft, plain with { Method = ClientMethod.PrivateKeyJwt }));
    }
}
