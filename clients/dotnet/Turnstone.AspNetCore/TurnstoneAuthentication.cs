using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Turnstone.AspNetCore;
using Turnstone.AspNetCore.Feed;
using Turnstone.AspNetCore.Policies;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The guard of an API whose tokens a Turnstone server issues.</summary>
public static class TurnstoneAuthentication
{
    /// <summary>The name of the scheme, unless another is given.</summary>
    public const string DefaultScheme = "Turnstone";

    /// <summary>Guards this API with the tokens of the issuer.</summary>
    /// <param name="builder">What <c>AddAuthentication</c> returns.</param>
    /// <param name="issuer">The issuer, as its tokens name it.</param>
    /// <param name="configure">The rest.</param>
    /// <param name="scheme">The name of the scheme: each issuer has its own.</param>
    public static AuthenticationBuilder AddTurnstone(
        this AuthenticationBuilder builder,
        [StringSyntax(StringSyntaxAttribute.Uri)] string issuer,
        Action<TurnstoneOptions>? configure = null,
        string scheme = DefaultScheme
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(issuer);
        var services = builder.Services;
        services
            .AddOptions<TurnstoneOptions>(scheme)
            .Configure(options => options.Issuer = issuer)
            .Configure(configure ?? (_ => { }))
            .ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<TurnstoneOptions>, TurnstoneOptionsCheck>()
        );
        services.TryAddSingleton<Guards>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, ScopeHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, SignInHandler>());
        services.AddSingleton<IHostedService>(all => new FeedFollower(
            all.GetRequiredService<Guards>().Of(scheme),
            all.GetRequiredService<ILogger<FeedFollower>>()
        ));
        services
            .AddOptions<JwtBearerOptions>(scheme)
            .Configure<Guards>((jwt, guards) => guards.Of(scheme).Configure(jwt));
        return builder.AddScheme<JwtBearerOptions, TurnstoneHandler>(scheme, displayName: null, configureOptions: null);
    }
}

internal sealed class TurnstoneOptionsCheck : IValidateOptions<TurnstoneOptions>
{
    public ValidateOptionsResult Validate(string? name, TurnstoneOptions options) =>
        options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
