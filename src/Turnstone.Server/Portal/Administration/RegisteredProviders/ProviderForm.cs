using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Administration;
using Turnstone.Directory.Trust;
using Turnstone.Server.Portal.Trust;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Portal.Administration.RegisteredProviders;

/// <summary>A page with the fields of a company's identity provider. Its issuer never changes.</summary>
public abstract class ProviderForm(IdentityProviders providers) : AdministrationPage
{
    public const string Path = $"{AdministrationRoutes.Root}/identity-providers";

    protected const string Handler = "Save";

    private static readonly char[] BetweenWords = [' ', ',', '\t', '\r', '\n'];

    protected IdentityProviders Providers { get; } = providers;

    /// <summary>Between spaces, commas or lines.</summary>
    [BindProperty]
    public string? Domains { get; set; }

    /// <summary>Their ids, one a line.</summary>
    [BindProperty]
    public string? Clients { get; set; }

    [BindProperty]
    public string? Jwks { get; set; }

    /// <summary>The revision that the form was filled from: who saves an older one undoes nothing of another.</summary>
    [BindProperty]
    public long Revision { get; set; }

    public ActForm Act => Form(new(Handler, "", "") { AsksPassword = true });

    protected void Fill(IdentityProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        (Domains, Clients) = (string.Join('\n', provider.Domains), string.Join('\n', provider.Clients));
        (Jwks, Revision) = (provider.Keys?.Text, provider.Revision);
    }

    /// <summary>The provider with what was typed, if all of it is valid; otherwise each wrong field says why.</summary>
    protected async Task<IdentityProvider?> ReadAsync(IdentityProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        VerificationKeys? keys = null;
        if (!string.IsNullOrWhiteSpace(Jwks) && !VerificationKeys.TryRead(Jwks, out keys, out _))
        {
            Refuse(nameof(Jwks), TrustSays["KeysWrong", VerificationKeys.MostKeys]);
        }

        var typed = provider with
        {
            Domains = [.. Parts(Domains, BetweenWords).Select(domain => domain.ToLowerInvariant()).Distinct()],
            Clients = [.. Parts(Clients, ['\n']).Distinct()],
            Keys = keys,
        };
        foreach (var flaw in await Providers.FlawsOfAsync(typed, Cancel))
        {
            Refuse(FieldOf(flaw.Fault), Words[$"Provider_{flaw.Fault}", About(flaw)]);
        }

        // A typing error in the issuer is seen here, and not by the people who wait.
        if (ModelState.IsValid && await Providers.FindKeysAsync(typed, Cancel) is { } fault)
        {
            Refuse(nameof(NewProviderPage.Issuer), TrustSays[$"Lack_keys_{fault}"]);
        }

        return ModelState.IsValid ? typed : null;
    }

    protected IStringLocalizer<TrustWords> TrustSays =>
        HttpContext.RequestServices.GetRequiredService<IStringLocalizer<TrustWords>>();

    private static string[] Parts(string? text, char[] between) =>
        (text ?? "").Split(between, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string FieldOf(ProviderFault fault) =>
        fault switch
        {
            ProviderFault.Issuer or ProviderFault.OwnIssuer => nameof(NewProviderPage.Issuer),
            ProviderFault.NoDomain or ProviderFault.Domain or ProviderFault.TooManyDomains => nameof(Domains),
            _ => nameof(Clients),
        };

    private static object About(ProviderFlaw flaw) =>
        flaw.Fault switch
        {
            ProviderFault.TooManyDomains => IdentityProvider.MostDomains,
            ProviderFault.TooManyClients => IdentityProvider.MostClients,
            _ => TrustLack.Shown(flaw.Text),
        };
}
