using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>Links that prove an account once. They use the issuer, never the request's host.</summary>
public sealed class AccountLinks(AccountManager manager, TurnstoneSettings settings)
{
    public async Task<string> ConfirmAsync(Account account) =>
        Link(SignInPaths.Confirm, account, await manager.GenerateEmailConfirmationTokenAsync(account));

    /// <summary>To set a new password, within the hour.</summary>
    public async Task<string> ResetAsync(Account account) =>
        Link(SignInPaths.Reset, account, await manager.GeneratePasswordResetTokenAsync(account));

    /// <summary>To set the first password of an account that nobody has confirmed yet.</summary>
    public async Task<string> InviteAsync(Account account) =>
        Link(
            SignInPaths.Reset,
            account,
            await manager.GenerateUserTokenAsync(
                account,
                Microsoft.AspNetCore.Identity.TokenOptions.DefaultProvider,
                AccountLinkProvider.Invitation
            )
        );

    public async Task<string> ConfirmNewEmailAsync(Account account, string email) =>
        Link(
            SignInPaths.ConfirmNewEmail,
            account,
            await manager.GenerateChangeEmailTokenAsync(account, email),
            ("email", email)
        );

    /// <summary>To vouch for a factor that was added, or to take it away.</summary>
    public async Task<string> FactorAsync(Account account, string factor) =>
        Link(
            SignInPaths.ConfirmFactor,
            account,
            await manager.GenerateUserTokenAsync(
                account,
                Microsoft.AspNetCore.Identity.TokenOptions.DefaultProvider,
                AccountLinkProvider.Factor + factor
            ),
            ("factor", factor)
        );

    private string Link(string path, Account account, string token, params (string Name, string Value)[] more) =>
        QueryHelpers.AddQueryString(
            settings.Issuer + path,
            more.Select(pair => KeyValuePair.Create<string, string?>(pair.Name, pair.Value))
                .Prepend(new("token", token))
                .Prepend(new("account", account.Id.ToString("D", CultureInfo.InvariantCulture)))
        );
}
