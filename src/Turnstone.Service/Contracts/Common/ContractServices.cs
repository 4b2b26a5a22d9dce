using Turnstone.Server.Settings;

namespace Turnstone.Server.Contracts.Common;

/// <summary>The routes and OpenAPI documents of all contracts.</summary>
public static class ContractServices
{
    /// <summary>
    /// Maps every contract on the terms of its settings. Of one that is switched off nothing is mapped but what the
    /// others share.
    /// </summary>
    public static void MapContracts(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var settings = endpoints.ServiceProvider.GetRequiredService<ContractsSettings>();
        foreach (var contract in settings.All.All)
        {
            if (settings.Of(contract).Enabled)
            {
                contract.Map(endpoints, settings.TermsOf(contract));
            }
            else
            {
                contract.MapShared?.Invoke(endpoints);
            }
        }
    }

    public static IServiceCollection AddContractDocuments(this IServiceCollection services, ContractList contracts)
    {
        ArgumentNullException.ThrowIfNull(contracts);
        foreach (var document in contracts.Documents)
        {
            services.AddDocument(document);
        }

        return services.AddSingleton<ContractDocuments>();
    }

    /// <summary>The documents, at their addresses.</summary>
    public static void MapContractDocuments(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet(
                "/openapi/{name}.json",
                async context =>
                {
                    var documents = context.RequestServices.GetRequiredService<ContractDocuments>();
                    var answer = await documents.AnswerAsync($"{context.Request.RouteValues["name"]}", context);
                    await answer.ExecuteAsync(context);
                }
            )
            .ExcludeFromDescription();

    private static void AddDocument(this IServiceCollection services, ApiDocument facts) =>
        services.AddOpenApi(
            facts.Name,
            options =>
            {
                options.AddDocumentTransformer(
                    (document, context, _) =>
                    {
                        var brand = context.ApplicationServices.GetRequiredService<TurnstoneSettings>().Portal.Brand;
                        document.Info = new()
                        {
                            Title = $"{brand.Name} {facts.Title}",
                            Version = facts.Version,
                            Description = facts.Description,
                        };
                        document.Servers = [];
                        return Task.CompletedTask;
                    }
                );
                if (facts.Deprecated)
                {
                    options.AddOperationTransformer(
                        (operation, _, _) =>
                        {
                            operation.Deprecated = true;
                            return Task.CompletedTask;
                        }
                    );
                }
            }
        );
}
