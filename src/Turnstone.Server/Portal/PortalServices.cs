using System.Globalization;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Hosting;
using Turnstone.Server.Hosting.Logout;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Administration;
using Turnstone.Server.Portal.ApiKeys;
using Turnstone.Server.Portal.Authorize;
using Turnstone.Server.Portal.Home;
using Turnstone.Server.Portal.Letters;
using Turnstone.Server.Portal.Profile.Security;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal;

/// <summary>The developer portal: its pages, its cookies, its languages.</summary>
public static class PortalServices
{
    /// <summary>The languages; the first is the default.</summary>
    public static readonly CultureInfo[] Languages = [new("en"), new("de")];

    public static IServiceCollection AddPortal(this IServiceCollection services)
    {
        services.AddLocalization();
        services
            .AddOptions<RequestLocalizationOptions>()
            .Configure(options =>
            {
                options.SupportedCultures = options.SupportedUICultures = Languages;
                options.DefaultRequestCulture = new RequestCulture(Languages[0]);
                options.RequestCultureProviders =
                [
                    new CookieRequestCultureProvider { CookieName = PortalCookies.Language },
                    new RequestedLanguage(),
                    new AcceptLanguageHeaderRequestCultureProvider(),
                ];
            });
        services
            .AddRazorPages(options => options.RootDirectory = "/Portal")
            .AddApplicationPart(typeof(PortalServices).Assembly)
            .AddRazorPagesOptions(options =>
                options
                    .Conventions.AuthorizeFolder("/")
                    .AuthorizeFolder("/Administration", PortalPolicies.Administrators)
            )
            .AddMvcOptions(options =>
            {
                options.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
                options.Filters.Add<NoHandlerFilter>();
            });
        services.AddAuthorizeRoutes().AddMail();
        services
            .AddScoped<Reader>()
            .AddScoped<ContentPolicy>()
            .AddScoped<ScopeMeanings>()
            .AddScoped<Guides.ReaderNaming>()
            .AddSingleton<Assets>()
            .AddSingleton<PortalPages>()
            .AddSingleton<PagesNeedHttps>()
            .AddHostedService<PagesNeedHttpsNotice>()
            .AddSingleton<Guides.OwnGuides>()
            .AddSingleton<IPreparationStep>(all => all.GetRequiredService<Guides.OwnGuides>())
            .AddSingleton<Preview>()
            .AddSingleton<Brand>()
            .AddSingleton<SignUpOffer>();
        services.AddSingleton<SignInRoundTrip>().AddSingleton<TakenRequests>().AddSingleton<Device.UserCodeCheck>();
        services.AddLogoutNotices();
        services.AddAdministrationPages();
        services.AddSingleton<Activity.SessionFates>().AddSingleton<Activity.ActivityRows>();
        services.AddSingleton<KeyUseReader>().AddSingleton<HomeSummary>();
        return services.AddLetters().AddSignIn();
    }

    private static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services
            .AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(AccountSignIn.PendingScheme)
            .AddIdentityCookies();
        services
            .AddAuthorizationBuilder()
            .AddPolicy(PortalPolicies.Administrators, policy => policy.RequireRole(AccountClaims.Administrator));
        services.AddScoped<SignInManager<Account>, AccountSignIn>();
        services.AddScoped(provider => (AccountSignIn)provider.GetRequiredService<SignInManager<Account>>());
        services
            .AddSingleton<DeviceCookie>()
            .AddSingleton<SpentSignIns>()
            .AddScoped<RecentProof>()
            .AddScoped<SignUpProof>()
            .AddScoped<PasswordProof>()
            .AddScoped<SecondFactorCheck>()
            .AddSingleton<SignInLevelCheck>()
            .AddSingleton<FactorTrust>()
            .AddScoped<WaitingFactors>()
            .AddScoped<AccountRegistration>()
            .AddScoped<AccountLinks>()
            .AddScoped<SignInEmails>()
            .AddScoped<PortalAudit>();
        services
            .AddSingleton(provider => provider.GetRequiredService<TurnstoneSettings>().Limits)
            .AddSingleton<SecondFactorLimits>()
            .AddSingleton<EmailLimits>();
        services.AddScoped<SecurityTools>().AddSingleton<PendingKey>();
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<TurnstoneSettings>(PasskeyOrigin.Configure);
        services.AddScoped<PortalSession>();
        services
            .AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
            .Configure<ServerSettings>(
                (options, settings) =>
                {
                    PortalCookies.Name(options.Cookie, "session", settings.Production);
                    options.LoginPath = SignInPaths.SignIn;
                    options.ExpireTimeSpan = TimeSpan.FromDays(14);
                    options.SlidingExpiration = true;
                    options.Events.OnValidatePrincipal = context =>
                        context.HttpContext.RequestServices.GetRequiredService<PortalSession>().ValidateAsync(context);

                    // The pages redirect and check the target; the handler would use any target.
                    options.Events.OnRedirectToReturnUrl = _ => Task.CompletedTask;

                    // Administrators' pages answer 404 to everyone else.
                    options.Events.OnRedirectToLogin = context => AdministrationRoutes.AnswerNotFoundAsync(context);

                    // A forbidden page answers like an unknown one.
                    options.Events.OnRedirectToAccessDenied = context =>
                    {
                        context.Response.StatusCode = StatusCodes.Status404NotFound;
                        return Task.CompletedTask;
                    };
                }
            );
        services
            .AddShortCookie(AccountSignIn.PendingScheme, "second-factor")
            .AddShortCookie(IdentityConstants.TwoFactorUserIdScheme, "passkey");
        services.AddAntiforgery();
        services
            .AddOptions<Microsoft.AspNetCore.Antiforgery.AntiforgeryOptions>()
            .Configure<ServerSettings>(
                (options, settings) =>
                {
                    PortalCookies.Name(options.Cookie, "form", settings.Production);

                    // The portal sets its own frame policy.
                    options.SuppressXFrameOptionsHeader = true;
                }
            );
        services
            .AddOptions<Microsoft.AspNetCore.Mvc.CookieTempDataProviderOptions>()
            .Configure<ServerSettings>(
                (options, settings) => PortalCookies.Name(options.Cookie, "notice", settings.Production)
            );
        return services;
    }

    /// <summary>A cookie for something that has to be finished within minutes.</summary>
    private static IServiceCollection AddShortCookie(this IServiceCollection services, string scheme, string name)
    {
        services
            .AddOptions<CookieAuthenticationOptions>(scheme)
            .Configure<ServerSettings>(
                (options, settings) =>
                {
                    PortalCookies.Name(options.Cookie, name, settings.Production);
                    options.ExpireTimeSpan = SpentSignIns.Challenge;
                    options.SlidingExpiration = false;
                }
            );
        return services;
    }
}

public static class PortalPolicies
{
    public const string Administrators = "Administrators";
}
