using Turnstone.AspNetCore;
using Turnstone.Client;

namespace Turnstone.Clients.Tests;

public sealed class ReferencesTests
{
    [Fact]
    public void The_client_refers_to_no_project_and_no_package() =>
        Assert.All(
            typeof(TurnstoneSession).Assembly.GetReferencedAssemblies(),
            reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal)
        );

    /// <summary>The guard stands on ASP.NET Core's own check of tokens, and knows nothing of the server.</summary>
    [Fact]
    public void The_guard_refers_to_ASP_NET_Core_and_its_check_of_tokens_alone() =>
        Assert.All(
            typeof(TurnstoneOptions).Assembly.GetReferencedAssemblies(),
            reference =>
                Assert.Matches(
                    @"^(System|Microsoft\.AspNetCore|Microsoft\.Extensions|Microsoft\.IdentityModel)\.",
                    reference.Name
                )
        );
}
