using Microsoft.AspNetCore.Routing;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>Every contract as the server maps it, for tests that are not about one of them.</summary>
internal static class AllContracts
{
    public static ContractList List => Server.Contracts.AllContracts.List;

    public static void MapAll(IEndpointRouteBuilder endpoints) => endpoints.MapContracts();
}
