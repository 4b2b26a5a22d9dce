using Microsoft.Extensions.Localization;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>The services that every security page needs.</summary>
public sealed record SecurityTools(
    AccountManager Manager,
    AccountSignIn SignIn,
    PasswordProof Proof,
    SignInEmails Emails,
    FactorTrust Trust,
    WaitingFactors Waiting,
    EmailLimits Limits,
    IStringLocalizer<SecurityWords> Words,
    IStringLocalizer<SignInWords> SignInText
);
