using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

public static class AccountServices
{
    /// <summary>
    /// The only rule is the length (NIST SP 800-63B §3.1.1.2): long enough against guessing at the limited rate.
    /// </summary>
    public const int ShortestPassword = 12;

    /// <summary>ASP.NET Core Identity on the core's accounts.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddAccounts();
        return services;
    }

    /// <summary>
    /// ASP.NET Core Identity over the core's accounts. Needs an IAccountStore, MasterKeyRing, RandomSource,
    /// TimeProvider, PasswordHashing and PasswordLane.
    /// </summary>
    public static IdentityBuilder AddAccounts(this IServiceCollection services)
    {
        PageContext.AddTo(services);
        services.AddDataProtection();
        services.TryAddSingleton<CurrentCaller>();
        services.TryAddScoped<LanePasswordHasher>();
        services.TryAddScoped<IPasswordHasher<Account>>(provider => provider.GetRequiredService<LanePasswordHasher>());
        services.TryAddSingleton<ILookupNormalizer, EmailLookup>();
        return services
            .AddIdentityCore<Account>(Configure)
            .AddUserStore<AccountUserStore>()
            .AddUserManager<AccountManager>()
            .AddPasswordValidator<AccountPasswordValidator>()
            .AddClaimsPrincipalFactory<AccountClaims>()
            .AddTokenProvider<AccountLinkProvider>(TokenOptions.DefaultProvider)
            .AddTokenProvider<TotpProvider>(TokenOptions.DefaultAuthenticatorProvider);
    }

    private static void Configure(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        options.SignIn.RequireConfirmedEmail = true;

        // The user name is the email, and EmailAddress has checked its characters.
        options.User.AllowedUserNameCharacters = "";
        options.Password.RequiredLength = ShortestPassword;
        options.Password.RequiredUniqueChars = 1;
        options.Password.RequireDigit = false;
        options.Password.RequireLowercase = false;
        options.Password.RequireUppercase = false;
        options.Password.RequireNonAlphanumeric = false;
    }
}
