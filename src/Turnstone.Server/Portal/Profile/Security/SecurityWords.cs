namespace Turnstone.Server.Portal.Profile.Security;

public sealed class SecurityWords;
