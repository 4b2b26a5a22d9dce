namespace Turnstone.Server.Contracts.Common;

/// <summary>Puts a call into its contract's OpenAPI document.</summary>
internal static class RoutesDescription
{
    public static IEndpointConventionBuilder Describe(
        this IEndpointConventionBuilder route,
        string document,
        string id,
        string summary,
        Action<Described> describe
    ) =>
        route
            .WithGroupName(document)
            .WithName($"{document}-{id}")
            .WithTags(document)
            .WithSummary(summary)
            .AddOpenApiOperationTransformer(
                (operation, _, _) =>
                {
                    // What the framework guesses from the handler is not the contract: bodies are read by hand.
                    operation.RequestBody = null;
                    operation.Responses = [];
                    describe(new Described(operation));
                    return Task.CompletedTask;
                }
            );
}
