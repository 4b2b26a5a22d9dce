using Turnstone.Server.Mail;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Whether anybody may make an account: it needs an email, so a server that sends none offers it to nobody.
/// </summary>
public sealed class SignUpOffer(TurnstoneSettings settings, MailQueue mail)
{
    public bool IsOpen => settings.Portal.SignUp && mail.Sends;
}
