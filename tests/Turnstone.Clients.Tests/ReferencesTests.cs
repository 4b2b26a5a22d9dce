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
}
