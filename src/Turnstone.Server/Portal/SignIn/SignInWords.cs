namespace Turnstone.Server.Portal.SignIn;

public sealed class SignInWords;
