using Turnstone.Directory.Trust;

namespace Turnstone.Tests.Directory.Trust;

/// <summary>No rule may match everybody: what has to be pinned in each world, and where a <c>*</c> may stand.</summary>
public sealed class TrustCheckTests
{
    private const string GitHub = "https://token.actions.githubusercontent.com";
    private const string Own = "https://id.example.test";

    [Theory]
    [InlineData(GitHub, "github", "repository=acme/batch", "ref=refs/heads/main")]
    [InlineData(GitHub, "github", "repository=acme/*", "environment=production")]
    [InlineData(GitHub, "github", "repository_id=42", "ref=refs/heads/release-*")]
    [InlineData("https://git.acme.example", "github", "repository=acme/batch", "ref=refs/heads/main")]
    [InlineData("https://gitlab.com", "gitlab", "project_path=acme/batch", "ref=main", "ref_type=branch")]
    [InlineData("https://gitlab.com", "gitlab", "project_path=acme/*", "environment=production")]
    [InlineData("https://k8s.acme.example", "kubernetes", "sub=system:serviceaccount:jobs:batch")]
    [InlineData("https://k8s.acme.example", "kubernetes", "sub=system:serviceaccount:jobs:*")]
    [InlineData("https://spire.acme.example", "spiffe", "sub=spiffe://acme.example/batch")]
    [InlineData("https://spire.acme.example", "spiffe", "sub=spiffe://acme.example/jobs/*")]
    [InlineData("https://a1.tokens.sts.global.api.aws", "aws", "sub=arn:aws:iam::123456789012:role/batch")]
    [InlineData("https://login.microsoftonline.com/7f0a/v2.0", "azure", "sub=1b2c")]
    [InlineData("https://accounts.google.com", "google", "sub=1042")]
    [InlineData("https://idp.acme.example", "other", "sub=batch", "team=a*")]
    public void What_means_one_is_taken(string issuer, string world, params string[] claims)
    {
        var rule = Rule(issuer, claims);

        Assert.Equal(world, rule.World.Name);
        Assert.Empty(TrustCheck.FlawsOf(rule, Own, httpTaken: false));
    }

    [Theory]
    [InlineData(TrustFault.NotPinned, GitHub)]
    [InlineData(TrustFault.NotPinned, GitHub, "repository=acme/batch")]
    [InlineData(TrustFault.NotPinned, GitHub, "ref=refs/heads/main")]
    [InlineData(TrustFault.NotPinned, GitHub, "repository=acme*", "ref=refs/heads/main")]
    [InlineData(TrustFault.NotPinned, GitHub, "repository_id=4*", "ref=refs/heads/main")]
    [InlineData(TrustFault.NotPinned, GitHub, "sub=repo:acme/batch:ref:refs/heads/main")]
    [InlineData(TrustFault.NotPinned, GitHub, "sub=system:serviceaccount:jobs:batch")]
    [InlineData(TrustFault.NotPinned, "https://gitlab.com", "project_path=acme/batch", "ref=main")]
    [InlineData(TrustFault.NotPinned, "https://k8s.acme.example", "sub=system:serviceaccount:*")]
    [InlineData(TrustFault.NotPinned, "https://k8s.acme.example", "sub=system:serviceaccount:jobs*")]
    [InlineData(TrustFault.NotPinned, "https://spire.acme.example", "sub=spiffe://acme.example/*")]
    [InlineData(TrustFault.NotPinned, "https://a1.tokens.sts.global.api.aws", "sub=arn:aws:iam::123456789012:*")]
    [InlineData(TrustFault.NotPinned, "https://login.microsoftonline.com/7f0a/v2.0", "tid=7f0a")]
    [InlineData(TrustFault.NotPinned, "https://accounts.google.com", "email=batch@acme.example")]
    [InlineData(TrustFault.NotPinned, "https://accounts.google.com", "sub=10*")]
    [InlineData(TrustFault.NotPinned, "https://idp.acme.example")]
    [InlineData(TrustFault.NotPinned, "https://idp.acme.example", "sub=b*")]
    [InlineData(TrustFault.Claim, "https://idp.acme.example", "sub=batch", "team=*")]
    [InlineData(TrustFault.Claim, "https://idp.acme.example", "sub=batch", "team=*a")]
    [InlineData(TrustFault.Claim, "https://idp.acme.example", "sub=batch", "team=a*b*")]
    [InlineData(TrustFault.Claim, "https://idp.acme.example", "sub=batch", "team=")]
    [InlineData(TrustFault.Claim, "https://idp.acme.example", "sub=batch", "=a")]
    [InlineData(TrustFault.Claim, "https://idp.acme.example", "sub=batch", "team=a\nb")]
    [InlineData(TrustFault.CheckedByItself, "https://idp.acme.example", "sub=batch", "aud=a")]
    [InlineData(TrustFault.NamedTwice, "https://idp.acme.example", "sub=batch", "sub=other")]
    [InlineData(TrustFault.Issuer, "http://idp.acme.example", "sub=batch")]
    [InlineData(TrustFault.Issuer, "https://idp.acme.example/?a=b", "sub=batch")]
    [InlineData(TrustFault.Issuer, "https://me@idp.acme.example", "sub=batch")]
    [InlineData(TrustFault.Issuer, "", "sub=batch")]
    [InlineData(TrustFault.OwnIssuer, Own, "sub=batch")]
    [InlineData(TrustFault.OwnIssuer, Own + "/", "sub=batch")]
    public void What_could_be_others_too_or_cannot_be_is_named(TrustFault fault, string issuer, params string[] claims)
    {
        var flaw = Assert.Single(TrustCheck.FlawsOf(Rule(issuer, claims), Own, httpTaken: false));

        Assert.Equal(fault, flaw.Fault);
        Assert.EndsWith(".", flaw.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    public void An_audience_is_one_text(string audience)
    {
        var flaws = TrustCheck.FlawsOf(Rule("https://idp.example", "sub=a") with { Audience = audience }, Own, false);

        Assert.Equal(TrustFault.Audience, Assert.Single(flaws).Fault);
    }

    [Theory]
    [InlineData("acme/batch", "acme/batch", true)]
    [InlineData("acme/batch", "acme/Batch", false)]
    [InlineData("acme/*", "acme/batch", true)]
    [InlineData("acme/*", "acme/", false)]
    [InlineData("acme/*", "acme/batch/evil", false)]
    [InlineData("acme/*", "acme-evil/batch", false)]
    [InlineData("refs/heads/*-release", "refs/heads/1-release", true)]
    [InlineData("refs/heads/*-release", "refs/heads/-release", false)]
    [InlineData("refs/heads/*-release", "refs/heads/1-release2", false)]
    [InlineData("spiffe://a/*/b", "spiffe://a/x/b", true)]
    [InlineData("spiffe://a/*/b", "spiffe://a/x/y/b", false)]
    [InlineData("spiffe://a/*/b", "spiffe://a/b", false)]
    [InlineData("a:*", "a:b:c", false)]
    [InlineData("acme/*", null, false)]
    [InlineData("acme/batch", null, false)]
    public void A_star_stands_for_one_name_and_never_for_none(string value, string? said, bool matches) =>
        Assert.Equal(matches, new ClaimCondition("claim", value).Matches(said));

    private static TrustRule Rule(string issuer, params string[] claims) =>
        new()
        {
            Id = Guid.Empty,
            ClientId = "batch",
            Issuer = issuer,
            Audience = "https://id.example.test",
            Conditions =
            [
                .. claims.Select(claim => claim.Split('=', 2)).Select(pair => new ClaimCondition(pair[0], pair[1])),
            ],
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
}
