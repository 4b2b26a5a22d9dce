using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Turnstone.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What an OpenAPI document says of the guard.</summary>
public static class TurnstoneOpenApi
{
    private const string ApiKey = "ApiKey";
    private const string SubscriptionKey = "SubscriptionKey";

    /// <summary>Names the credentials that the API takes, and at each call the scopes that it needs.</summary>
    /// <param name="options">What <c>AddOpenApi</c> configures.</param>
    /// <param name="scheme">The scheme of <c>AddTurnstone</c>.</param>
    public static OpenApiOptions AddTurnstone(
        this OpenApiOptions options,
        string scheme = TurnstoneAuthentication.DefaultScheme
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddDocumentTransformer(
            (document, context, _) =>
            {
                Describe(document, scheme, Of(context.ApplicationServices, scheme));
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            (operation, context, _) => DescribeAsync(operation, context, scheme)
        );
        return options;
    }

    private static OpenApiResponse Answer(string description) => new() { Description = description };

    private static TurnstoneOptions Of(IServiceProvider services, string scheme) =>
        services.GetRequiredService<IOptionsMonitor<TurnstoneOptions>>().Get(scheme);

    private static void Describe(OpenApiDocument document, string scheme, TurnstoneOptions guard)
    {
        document.AddComponent(
            scheme,
            new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OpenIdConnect,
                OpenIdConnectUrl = new Uri(guard.Issuer.TrimEnd('/') + "/.well-known/openid-configuration"),
                Description = "An access token of the issuer, after Bearer in the header Authorization.",
            }
        );
        if (guard.TakesKeys)
        {
            document.AddComponent(ApiKey, Header("X-API-Key", "An API key, without a login."));
            document.AddComponent(SubscriptionKey, Header("Subscription-Key", "The key of a subscription."));
        }
    }

    private static OpenApiSecurityScheme Header(string name, string description) =>
        new()
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = name,
            Description = description,
        };

    private static async Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        string scheme
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var data = metadata.OfType<IAuthorizeData>().ToList();
        var policies = metadata.OfType<AuthorizationPolicy>().ToList();
        if ((data.Count == 0 && policies.Count == 0) || metadata.OfType<IAllowAnonymous>().Any())
        {
            return;
        }

        var provider = context.ApplicationServices.GetRequiredService<IAuthorizationPolicyProvider>();
        var policy = await AuthorizationPolicy.CombineAsync(provider, data, policies);
        string[] names = Of(context.ApplicationServices, scheme).TakesKeys
            ? [scheme, ApiKey, SubscriptionKey]
            : [scheme];
        operation.Security ??= [];
        foreach (var name in names)
        {
            // What keys may do is not asked for by scopes: OpenAPI lists those at OAuth and OpenID Connect alone.
            List<string> scopes = name == scheme ? [.. policy?.RequiredScopes() ?? []] : [];
            operation.Security.Add(
                new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(name, context.Document)] = scopes,
                }
            );
        }

        operation.Responses ??= [];
        operation.Responses.TryAdd("401", Answer("No credential, or one that is not good"));
        operation.Responses.TryAdd("403", Answer("A scope is missing"));
    }
}
