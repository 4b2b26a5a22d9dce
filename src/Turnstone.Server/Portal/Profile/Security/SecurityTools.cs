using Microsoft.Extensions.Localization;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.Entrance;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>What every security page works with.</summary>
public sealed record SecurityTools(
    AccountManager Manager,
    AccountSignIn SignIn,
    PasswordProof Proof,
    EntranceLetters Letters,
    IStringLocalizer<SecurityWords> Words,
    IStringLocalizer<EntranceWords> Entrance
);
